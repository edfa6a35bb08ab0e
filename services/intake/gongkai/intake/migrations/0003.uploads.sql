-- Which unit handed in which text: a digest alone gives nobody a text that another unit handed in.
CREATE TABLE upload (
    digest text COLLATE "C",
    unit   text COLLATE "C",
    person text COLLATE "C" NOT NULL,
    at     timestamptz NOT NULL,
    PRIMARY KEY (digest, unit)
);
-- What a unit drafted so far is its own.
INSERT INTO upload
    SELECT fact #>> '{data,digest}', fact #>> '{data,unit}', fact #>> '{data,by}', (fact #>> '{data,at}')::timestamptz
    FROM (SELECT position, convert_from(record, 'UTF8')::jsonb AS fact FROM log_entry) AS entry
    WHERE fact ->> 'type' LIKE 'gongkai.DocumentDrafted.%'
    ORDER BY position
    ON CONFLICT DO NOTHING;
GRANT SELECT, INSERT ON upload TO intake_writer;
GRANT SELECT ON upload TO gongkai_monitor;
