-- One service's logs. Owner: <service>_owner. The service itself may read, and append through append() only.
CREATE TABLE log_head (
    log          text COLLATE "C" PRIMARY KEY,
    size         bigint NOT NULL DEFAULT 0,
    committed_at timestamptz NOT NULL DEFAULT '-infinity'
);

CREATE TABLE log_entry (
    log          text COLLATE "C" NOT NULL,
    position     bigint NOT NULL,
    stream       text COLLATE "C" NOT NULL,
    version      integer NOT NULL,
    partition    smallint NOT NULL,
    event_id     uuid NOT NULL UNIQUE,
    committed_at timestamptz NOT NULL,
    record       bytea NOT NULL CHECK (octet_length(record) <= 65535),
    leaf         bytea NOT NULL,
    trace        text,
    PRIMARY KEY (log, position),
    UNIQUE (log, stream, version)
);
COMMENT ON COLUMN log_entry.leaf IS 'RFC 9162 leaf hash: SHA-256(0x00 || record), over the exact bytes stored';

CREATE TABLE log_command (
    log        text COLLATE "C" NOT NULL,
    command_id uuid NOT NULL,
    first      bigint NOT NULL,
    last       bigint NOT NULL,
    partition  smallint NOT NULL,
    PRIMARY KEY (log, command_id)
);

-- How far the relay has sent, and what it knows of the broker: per partition the last position and offset.
CREATE TABLE log_relay (
    log      text COLLATE "C" PRIMARY KEY,
    sent     bigint NOT NULL DEFAULT -1,
    last     bigint[] NOT NULL,
    offsets  bigint[] NOT NULL
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER log_entry_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON log_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_command_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON log_command
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- All waiting commands in one call. The head's row lock gives dense positions in commit order. A command that
-- conflicts writes nothing and hinders none of its neighbours; one said before answers with its first result.
CREATE FUNCTION append(
    p_log text, p_now timestamptz,
    c_id uuid[], c_stream text[], c_expected integer[], c_count integer[], c_partition smallint[], c_trace text[],
    e_id uuid[], e_record bytea[],
    OUT status text, OUT first bigint, OUT last bigint, OUT at_partition smallint
) RETURNS SETOF record LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    v_next bigint;
    v_start bigint;
    v_at timestamptz;
    v_version integer;
    v_event integer := 1;
BEGIN
    INSERT INTO log_head (log) VALUES (p_log) ON CONFLICT DO NOTHING;
    SELECT h.size, greatest(h.committed_at, p_now) INTO v_next, v_at
        FROM log_head h WHERE h.log = p_log FOR UPDATE;
    v_start := v_next;
    FOR i IN 1 .. cardinality(c_id) LOOP
        SELECT c.first, c.last, c.partition INTO first, last, at_partition
            FROM log_command c WHERE c.log = p_log AND c.command_id = c_id[i];
        IF FOUND THEN
            status := 'repeated';
        ELSE
            SELECT e.version INTO v_version FROM log_entry e
                WHERE e.log = p_log AND e.stream = c_stream[i] ORDER BY e.version DESC LIMIT 1;
            IF coalesce(v_version, 0) <> c_expected[i] THEN
                status := 'conflict'; first := NULL; last := NULL; at_partition := NULL;
            ELSE
                INSERT INTO log_entry
                    SELECT p_log, v_next + n - 1, c_stream[i], c_expected[i] + n, c_partition[i],
                           e_id[v_event + n - 1], v_at, e_record[v_event + n - 1],
                           sha256('\x00'::bytea || e_record[v_event + n - 1]), c_trace[i]
                    FROM generate_series(1, c_count[i]) n;
                INSERT INTO log_command
                    VALUES (p_log, c_id[i], v_next, v_next + c_count[i] - 1, c_partition[i]);
                status := 'appended'; first := v_next; last := v_next + c_count[i] - 1;
                at_partition := c_partition[i];
                v_next := v_next + c_count[i];
            END IF;
        END IF;
        v_event := v_event + c_count[i];
        RETURN NEXT;
    END LOOP;
    IF v_next > v_start THEN
        UPDATE log_head h SET size = v_next, committed_at = v_at WHERE h.log = p_log;
        PERFORM pg_notify('gongkai.log.' || p_log, v_next::text);
    END IF;
END $$;

-- The function runs as the owner and sees this schema only. The log is what a service shows to the others.
DO $$
DECLARE
    service text := current_schema();
BEGIN
    EXECUTE format('ALTER FUNCTION append SET search_path = %I, pg_temp', service);
    REVOKE ALL ON FUNCTION append FROM PUBLIC;
    EXECUTE format('GRANT EXECUTE ON FUNCTION append TO %I', service || '_writer');
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON log_relay TO %I', service || '_writer');
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO log_reader', service);
    GRANT SELECT ON log_head, log_entry, log_command, log_relay TO log_reader;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO ledger_owner', service);
    GRANT SELECT ON log_head TO ledger_owner;  -- a simulated clock is made only while every log is empty
END $$;
