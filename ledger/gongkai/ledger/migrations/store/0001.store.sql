-- Content-addressed store of texts. Owner: store_owner. Uploaded and committed before the event that names it.
CREATE TABLE content (
    digest     bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    media_type text NOT NULL,
    size       bigint NOT NULL,
    stored_at  timestamptz NOT NULL
);
CREATE TABLE chunk (
    digest bytea NOT NULL REFERENCES content,
    n      integer NOT NULL,
    bytes  bytea NOT NULL,
    PRIMARY KEY (digest, n)
);
-- What has left the gate. The portal reads through the views below and sees nothing else of the store.
CREATE TABLE released (
    digest bytea PRIMARY KEY REFERENCES content
);
CREATE VIEW released_content WITH (security_barrier) AS SELECT c.* FROM content c JOIN released USING (digest);
CREATE VIEW released_chunk WITH (security_barrier) AS SELECT c.* FROM chunk c JOIN released USING (digest);

GRANT USAGE ON SCHEMA store TO store_writer, store_reader, store_releaser, public_reader;
GRANT SELECT, INSERT ON content, chunk TO store_writer;
GRANT SELECT ON content, chunk TO store_reader;
GRANT SELECT, INSERT ON released TO store_releaser;
GRANT SELECT ON released_content, released_chunk TO public_reader;
