-- What agencies' systems handed in, by (source, id) of each system: said again, it counts once. `n` grows with each new
-- row, and lists go by it. Of a refused event what isn't personal is kept for a while, to be seen and mended.
CREATE TABLE handed (
    n           bigint GENERATED ALWAYS AS IDENTITY,
    system      text COLLATE "C" NOT NULL,
    unit        text COLLATE "C" NOT NULL,
    source      text COLLATE "C",
    id          text COLLATE "C",
    type        text COLLATE "C",
    via         text NOT NULL,
    event       uuid,
    fingerprint bytea,
    state       text NOT NULL CHECK (state IN ('accepted', 'refused')),
    made        text COLLATE "C",
    receipt     text COLLATE "C",
    at          timestamptz NOT NULL,
    code        text COLLATE "C",
    problem     bytea,
    kept        bytea,
    CHECK ((state = 'accepted') = (problem IS NULL)),
    CHECK (state = 'refused' OR (source IS NOT NULL AND id IS NOT NULL)),
    UNIQUE (system, source, id)
);
COMMENT ON COLUMN handed.event IS 'the first one that it made in the log, if it made any';
COMMENT ON COLUMN handed.fingerprint IS 'of type and data, keyed: who reads the table can''t guess at personal data';
CREATE UNIQUE INDEX handed_unit ON handed (unit, n);
CREATE INDEX handed_refused ON handed (unit, n) WHERE state = 'refused';
GRANT SELECT, INSERT, UPDATE, DELETE ON handed TO intake_writer;
GRANT SELECT (n, system, unit, source, id, type, via, event, state, made, receipt, at, code) ON handed TO gongkai_monitor;
