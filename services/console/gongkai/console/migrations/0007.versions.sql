-- What was folded before numbers were stored was folded by number 1.
INSERT INTO projection_version (projection, version) VALUES
    ('console.document', 1),
    ('console.consultation', 1),
    ('console.application', 1),
    ('console.score_item', 1),
    ('console.event', 1);
