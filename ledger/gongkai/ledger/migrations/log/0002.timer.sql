-- What falls due for the streams of this service: folded from its events, issued once.
CREATE TABLE timer (
    kind   text COLLATE "C" NOT NULL,
    stream text COLLATE "C" NOT NULL,
    due_at timestamptz NOT NULL,
    fired  boolean NOT NULL DEFAULT false,
    PRIMARY KEY (kind, stream)
);
CREATE INDEX timer_next ON timer (due_at) WHERE NOT fired;
DO $$
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON timer TO %I', current_schema() || '_writer');
    GRANT SELECT ON timer TO gongkai_monitor;
END $$;
