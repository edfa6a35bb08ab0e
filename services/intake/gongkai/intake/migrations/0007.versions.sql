-- What was folded before numbers were stored was folded by number 1.
INSERT INTO projection_version (projection, version) VALUES
    ('intake.receipt', 1),
    ('intake.applicant', 1);
