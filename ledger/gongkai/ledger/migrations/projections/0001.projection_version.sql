-- By which number of its fold (`Projection.version`) each projection of this schema is folded. Another number in the
-- program: it is rebuilt before the service is ready.
CREATE TABLE projection_version (
    projection text COLLATE "C" PRIMARY KEY,
    version    integer NOT NULL
);
DO $$
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON projection_version TO %I', current_schema() || '_writer');
    GRANT SELECT ON projection_version TO gongkai_monitor;
END $$;
