-- The event that a subscription saw last in a partition: a log with another one there has another history.
ALTER TABLE checkpoint ADD COLUMN event_id uuid;

-- Hold a subscription where it is until the transaction ends, so that its views can be compared and switched.
-- As the owner, since a checkpoint can be locked only by its keeper.
CREATE FUNCTION hold(p_subscription text)
    RETURNS TABLE (log text, "partition" smallint, "position" bigint) LANGUAGE sql SECURITY DEFINER AS $$
    SELECT c.log, c.partition, c.position FROM checkpoint c
        WHERE c.subscription = p_subscription ORDER BY c.log, c.partition FOR UPDATE;
$$;
ALTER FUNCTION hold SET search_path = ledger, pg_temp;
REVOKE ALL ON FUNCTION hold FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hold TO rebuilder;
GRANT USAGE ON SCHEMA ledger TO rebuilder;
