-- What the public reads: nothing but a fold of DocumentPublished. Owner: portal_owner.

-- One row a document, as last published. `searched` is title, number, index, summary and text as they are
-- compared; `grams` are its pairs of neighbouring characters, `title_grams` those of title, number and index.
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
    searched     text NOT NULL,
    grams        tsvector NOT NULL,
    title_grams  tsvector NOT NULL
);
COMMENT ON COLUMN document.year IS 'of publishing, in Shanghai';
CREATE INDEX document_newest ON document (published_at DESC, document DESC);
CREATE INDEX document_of_unit ON document (unit, published_at DESC, document DESC);
CREATE INDEX document_grams ON document USING gin (grams) WITH (fastupdate = off);
CREATE INDEX document_title_grams ON document USING gin (title_grams) WITH (fastupdate = off);

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
    review        uuid NOT NULL,
    consultations uuid[] NOT NULL,
    rulebook      text NOT NULL
);
CREATE INDEX publication_of_document ON publication (document, version);

GRANT SELECT, INSERT, UPDATE, DELETE ON document, publication TO portal_writer;
GRANT SELECT ON document, publication TO gongkai_monitor;
