-- What the public reads: nothing but a fold of DocumentPublished. Owner: portal_owner.

-- One row a document, as last published. `head` is title, number and index as they are compared, `searched` the
-- same with summary and text; `head_grams` and `grams` are their pairs of neighbouring characters.
CREATE TABLE document (
    document     text COLLATE "C" PRIMARY KEY,
    version      integer NOT NULL,
    event_id     uuid NOT NULL,
    unit         text COLLATE "C" NOT NULL,
    unit_name    text NOT NULL,
    title        text NOT NULL,
    number       text,
    index_no     text NOT NULL,
    category     text COLLATE "C" NOT NULL,
    summary      text NOT NULL,
    digest       text COLLATE "C" NOT NULL,
    media_type   text NOT NULL,
    size         bigint NOT NULL,
    formed_on    date NOT NULL,
    published_at timestamptz NOT NULL,
    year         smallint NOT NULL,
    body         text NOT NULL,
    head         text NOT NULL,
    searched     text STORAGE EXTERNAL NOT NULL,
    head_grams   tsvector NOT NULL,
    grams        tsvector STORAGE EXTERNAL NOT NULL
);
COMMENT ON COLUMN document.year IS 'of publishing, in Shanghai';
CREATE INDEX document_newest ON document (published_at DESC, document DESC);
CREATE INDEX document_of_unit ON document (unit, published_at DESC, document DESC);
-- Entered in bulk (five times cheaper than one by one); the limits, in kB, keep what waits quick to look through.
CREATE INDEX document_grams ON document USING gin (grams) WITH (gin_pending_list_limit = 1024);
CREATE INDEX document_head_grams ON document USING gin (head_grams) WITH (gin_pending_list_limit = 256);

-- Every publication there was, with the facts that opened the gate: the public half of the timeline.
CREATE TABLE publication (
    event_id      uuid PRIMARY KEY,
    document      text COLLATE "C" NOT NULL,
    version       integer NOT NULL,
    published_at  timestamptz NOT NULL,
    unit_name     text NOT NULL,
    index_no      text NOT NULL,
    digest        text COLLATE "C" NOT NULL,
    formed_on     date NOT NULL,
    drafted       uuid NOT NULL,
    drafted_at    timestamptz NOT NULL,
    review        uuid NOT NULL,
    reviewed_at   timestamptz NOT NULL,
    consultations uuid[] NOT NULL,
    settled_at    timestamptz,  -- when the last unit that was asked had its say
    rulebook      text NOT NULL
);
CREATE INDEX publication_of_document ON publication (document, version);

GRANT SELECT, INSERT, UPDATE, DELETE ON document, publication TO portal_writer;
GRANT SELECT ON document, publication TO gongkai_monitor;
