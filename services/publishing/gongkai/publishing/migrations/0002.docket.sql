-- What publishing has seen of each document: the facts themselves, so that their order of arrival can't matter.
CREATE TABLE docket (
    event_id uuid PRIMARY KEY,
    document text COLLATE "C" NOT NULL,
    log      text COLLATE "C" NOT NULL,
    record   bytea NOT NULL
);
CREATE INDEX docket_document ON docket (document);
GRANT SELECT, INSERT, UPDATE, DELETE ON docket TO publishing_writer;
GRANT SELECT ON docket TO gongkai_monitor;
