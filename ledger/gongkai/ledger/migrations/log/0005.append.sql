-- append() again, for whole batches at once: a batch is written first, and judged by its constraints. Only where
-- something is amiss (a command said before, a stream that stands elsewhere) is that undone and the batch gone
-- through command by command, so that a conflict still hinders none of its neighbours. Every promise is as before.
CREATE OR REPLACE FUNCTION append(
    p_log text, p_now timestamptz,
    c_id uuid[], c_stream text[], c_expected integer[], c_count integer[], c_partition smallint[], c_trace text[],
    e_id uuid[], e_record bytea[],
    OUT status text, OUT first bigint, OUT last bigint, OUT at_partition smallint
) RETURNS SETOF record LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    v_start bigint;
    v_next bigint;
    v_at timestamptz;
    v_version integer;
    v_event integer := 1;
BEGIN
    -- The head's row lock, held until the commit, gives dense positions in commit order.
    LOOP
        SELECT h.size, greatest(h.committed_at, p_now) INTO v_start, v_at
            FROM log_head h WHERE h.log = p_log FOR UPDATE;
        EXIT WHEN FOUND;
        INSERT INTO log_head (log) VALUES (p_log) ON CONFLICT DO NOTHING;
    END LOOP;
    v_next := v_start;

    BEGIN
        IF 1 = ALL (c_count) THEN  -- nearly always, and then there is nothing to add up
            INSERT INTO log_entry
                SELECT p_log, v_start + w.n - 1, w.stream, w.expected + 1, w.partition,
                       w.event_id, v_at, w.record, sha256('\x00'::bytea || w.record), w.trace
                FROM unnest(c_stream, c_expected, c_partition, c_trace, e_id, e_record)
                    WITH ORDINALITY AS w (stream, expected, partition, trace, event_id, record, n);
            INSERT INTO log_command
                SELECT p_log, w.id, v_start + w.n - 1, v_start + w.n - 1, w.partition
                FROM unnest(c_id, c_partition) WITH ORDINALITY AS w (id, partition, n);
        ELSE
            INSERT INTO log_entry
                SELECT p_log, v_start + w.before + k - 1, w.stream, w.expected + k, w.partition,
                       e.id, v_at, e.record, sha256('\x00'::bytea || e.record), w.trace
                FROM (SELECT u.*, sum(u.count) OVER (ORDER BY u.n) - u.count AS before
                      FROM unnest(c_stream, c_expected, c_count, c_partition, c_trace)
                          WITH ORDINALITY AS u (stream, expected, count, partition, trace, n)) AS w
                    CROSS JOIN LATERAL generate_series(1, w.count) AS k
                    JOIN unnest(e_id, e_record) WITH ORDINALITY AS e (id, record, n) ON e.n = w.before + k;
            INSERT INTO log_command
                SELECT p_log, w.id, v_start + w.until - w.count, v_start + w.until - 1, w.partition
                FROM (SELECT u.*, sum(u.count) OVER (ORDER BY u.n) AS until
                      FROM unnest(c_id, c_count, c_partition)
                          WITH ORDINALITY AS u (id, count, partition, n)) AS w;
        END IF;
        -- A stream that is further on has refused us: its versions are unique. One that isn't yet as far as
        -- expected shows here, as a command that nothing stands before.
        PERFORM FROM (SELECT u.*, v_start + sum(u.count) OVER (ORDER BY u.n) - u.count AS position
                      FROM unnest(c_stream, c_expected, c_count)
                          WITH ORDINALITY AS u (stream, expected, count, n)) AS w
            WHERE w.expected > 0 AND w.position <= coalesce((
                SELECT e.position FROM log_entry e
                WHERE e.log = p_log AND e.stream = w.stream AND e.version = w.expected), w.position);
        IF FOUND THEN
            RAISE unique_violation;
        END IF;
        v_next := v_start + cardinality(e_id);
        RETURN QUERY
            SELECT 'appended', v_start + w.until - w.count, v_start + w.until - 1, w.partition
            FROM (SELECT u.*, sum(u.count) OVER (ORDER BY u.n) AS until
                  FROM unnest(c_count, c_partition) WITH ORDINALITY AS u (count, partition, n)) AS w
            ORDER BY w.n;
    EXCEPTION WHEN unique_violation THEN
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
                        FROM generate_series(1, c_count[i]) AS n;
                    INSERT INTO log_command
                        VALUES (p_log, c_id[i], v_next, v_next + c_count[i] - 1, c_partition[i]);
                    status := 'appended'; first := v_next; last := v_next + c_count[i] - 1;
                    at_partition := c_partition[i];
                    v_next := last + 1;
                END IF;
            END IF;
            v_event := v_event + c_count[i];
            RETURN NEXT;
        END LOOP;
    END;
    IF v_next > v_start THEN
        UPDATE log_head h SET size = v_next, committed_at = v_at WHERE h.log = p_log;
        PERFORM pg_notify('gongkai.log.' || p_log, v_next::text);
    END IF;
END $$;

-- As before it sees this schema only. Its plans are made once, and by index, also while the tables are yet empty:
-- what is planned then must still do when they have grown.
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION append SET search_path = %I, pg_temp', current_schema());
    ALTER FUNCTION append SET plan_cache_mode = force_generic_plan;
    ALTER FUNCTION append SET enable_seqscan = off;
END $$;
