-- append() with guards: a command may name other streams of the same log with the versions it was decided on, and a last
-- moment. Both are checked under the head's lock, so that nothing can come between the check and the append.
DROP FUNCTION append(
    text, timestamptz, text[], integer[], smallint[], smallint[], text[], uuid[], bytea[]
);

-- As before (0006), and: g_event is the number of a command's first event, from 1; the command is appended only if the
-- stream g_stream is at version g_version just before it (0 = nothing there), the commands before it in the batch
-- included. e_not_after, at a command's first event, is the last committed_at that it may get. All of them are NULL
-- where no command has any, and cost nothing then. A command that a guard stops is guarded; one that is too late is
-- expired.
-- Who calls it without them, as the release before does, is served, too.
CREATE FUNCTION append(
    p_log text, p_now timestamptz,
    e_stream text[], e_version integer[], e_partition smallint[], e_more smallint[], e_trace text[],
    e_id uuid[], e_record bytea[],
    g_event integer[] DEFAULT NULL, g_stream text[] DEFAULT NULL, g_version integer[] DEFAULT NULL,
    e_not_after timestamptz[] DEFAULT NULL,
    OUT first bigint, OUT status text[], OUT last bigint[], OUT at_partition smallint[]
) LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    v_at timestamptz;
    v_next bigint;
    v_event integer := 1;
    v_more integer;
    v_version integer;
    v_last bigint;
    v_partition smallint;
    v_status text;
BEGIN
    -- The head's row lock, held until the commit, gives dense positions in commit order.
    LOOP
        SELECT h.size, greatest(h.committed_at, p_now) INTO first, v_at
            FROM log_head h WHERE h.log = p_log FOR UPDATE;
        EXIT WHEN FOUND;
        INSERT INTO log_head (log) VALUES (p_log) ON CONFLICT DO NOTHING;
    END LOOP;

    BEGIN  -- The whole batch is written first, and judged by its constraints
        INSERT INTO log_entry
            SELECT p_log, first + w.n - 1, w.stream, w.version, w.partition,
                   w.id, v_at, w.record, sha256('\x00'::bytea || w.record), w.trace, coalesce(w.more, 0)
            FROM unnest(e_stream, e_version, e_partition, e_more, e_trace, e_id, e_record)
                WITH ORDINALITY AS w (stream, version, partition, more, trace, id, record, n);
        -- A stream that is further on has refused us: its versions are unique. One that isn't yet as far as
        -- expected shows here, as an event that nothing stands before.
        PERFORM FROM unnest(e_stream, e_version) WITH ORDINALITY AS w (stream, version, n)
            WHERE w.version > 1 AND first + w.n - 1 <= coalesce((
                SELECT e.position FROM log_entry e
                WHERE e.log = p_log AND e.stream = w.stream AND e.version = w.version - 1), first + w.n - 1);
        IF FOUND THEN
            RAISE unique_violation;
        END IF;
        IF g_event IS NOT NULL THEN
            PERFORM FROM unnest(g_event, g_stream, g_version) AS g (event, stream, version)
                WHERE g.version <> coalesce((
                    SELECT e.version FROM log_entry e
                    WHERE e.log = p_log AND e.stream = g.stream AND e.position < first + g.event - 1
                    ORDER BY e.version DESC LIMIT 1), 0);
            IF FOUND THEN
                RAISE unique_violation;
            END IF;
        END IF;
        IF e_not_after IS NOT NULL THEN
            PERFORM FROM unnest(e_not_after) AS w (moment) WHERE w.moment < v_at;
            IF FOUND THEN
                RAISE unique_violation;
            END IF;
        END IF;
        v_next := first + cardinality(e_id);
    EXCEPTION WHEN unique_violation THEN  -- undone, and gone through command by command
        v_next := first;
        WHILE v_event <= cardinality(e_id) LOOP
            v_more := coalesce(e_more[v_event], 0);
            SELECT e.position + e.more, e.partition INTO v_last, v_partition
                FROM log_entry e WHERE e.event_id = e_id[v_event] AND e.log = p_log;
            IF FOUND THEN
                status := status || 'repeated'::text;
            ELSE
                v_status := 'appended';
                SELECT e.version INTO v_version FROM log_entry e
                    WHERE e.log = p_log AND e.stream = e_stream[v_event] ORDER BY e.version DESC LIMIT 1;
                IF coalesce(v_version, 0) <> e_version[v_event] - 1 THEN
                    v_status := 'conflict';
                ELSIF e_not_after[v_event] < v_at THEN
                    v_status := 'expired';
                ELSIF g_event IS NOT NULL THEN
                    PERFORM FROM unnest(g_event, g_stream, g_version) AS g (event, stream, version)
                        WHERE g.event = v_event AND g.version <> coalesce((
                            SELECT e.version FROM log_entry e
                            WHERE e.log = p_log AND e.stream = g.stream
                            ORDER BY e.version DESC LIMIT 1), 0);
                    IF FOUND THEN
                        v_status := 'guarded';
                    END IF;
                END IF;
                IF v_status = 'appended' THEN
                    INSERT INTO log_entry
                        SELECT p_log, v_next + n, e_stream[v_event], e_version[v_event + n], e_partition[v_event],
                               e_id[v_event + n], v_at, e_record[v_event + n],
                               sha256('\x00'::bytea || e_record[v_event + n]), e_trace[v_event], v_more - n
                        FROM generate_series(0, v_more) AS n;
                    v_last := v_next + v_more; v_partition := e_partition[v_event];
                    v_next := v_last + 1;
                ELSE
                    v_last := NULL; v_partition := NULL;
                END IF;
                status := status || v_status;
            END IF;
            last := last || v_last; at_partition := at_partition || v_partition;
            v_event := v_event + v_more + 1;
        END LOOP;
    END;
    IF v_next > first THEN
        UPDATE log_head h SET size = v_next, committed_at = v_at WHERE h.log = p_log;
        PERFORM pg_notify('gongkai.log.' || p_log, v_next::text);
    END IF;
END $$;

-- It sees this schema only. Its plans are made once, and by index, also while the tables are yet empty: what is
-- planned then must still do when they have grown.
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION append SET search_path = %I, pg_temp', current_schema());
    ALTER FUNCTION append SET plan_cache_mode = force_generic_plan;
    ALTER FUNCTION append SET enable_seqscan = off;
    REVOKE ALL ON FUNCTION append FROM PUBLIC;
    EXECUTE format('GRANT EXECUTE ON FUNCTION append TO %I', current_schema() || '_writer');
END $$;
