-- What is published is one version, not one text: an edited title goes out anew, under a review of its own.
ALTER TABLE publication ADD COLUMN drafted uuid;
COMMENT ON COLUMN publication.drafted IS 'the DocumentDrafted that is out; null in rows from before it was kept';

CREATE OR REPLACE VIEW document_state AS
SELECT d.*,
       r.requested_at AS review_requested_at, r.opinion AS review_opinion, r.reviewed_at, r.reviewed_by,
       p.digest AS published_digest, p.published_at, p.index_no,
       CASE
           WHEN p.drafted = d.event_id OR p.drafted IS NULL AND p.digest = d.digest THEN 'published'
           WHEN r.opinion = 'exempt' AND d.attribute = 'proactive' THEN 'returned'
           WHEN c.against > 0 THEN 'disputed'
           WHEN r.opinion = 'refer' THEN 'referred'
           WHEN r.opinion IS NULL THEN 'reviewing'
           WHEN c.silent > 0 THEN 'unanswered'
           WHEN c.pending > 0 OR c.asked < jsonb_array_length(d.consult) THEN 'consulting'
           WHEN d.attribute = 'proactive' THEN 'ready'
           ELSE 'filed'
       END AS state
FROM document d
LEFT JOIN publication p ON p.document = d.document
LEFT JOIN LATERAL (
    SELECT k.requested_at, k.reviewed_at, k.reviewed_by,
           CASE WHEN k.reviewed > coalesce(k.requested, 0) THEN k.opinion END AS opinion
    FROM review k WHERE k.document = d.document AND k.digest = d.digest
) r ON true
CROSS JOIN LATERAL (
    SELECT count(*) AS asked,
           count(*) FILTER (WHERE answered IS NULL AND lapsed IS NULL) AS pending,
           count(*) FILTER (WHERE agrees = false) AS against,
           count(*) FILTER (WHERE answered IS NULL AND silence = 'never-consent') AS silent
    FROM consultation k WHERE k.document = d.document AND k.digest = d.digest
) c;
