-- What all services share. Owner: ledger_owner.

-- How far a subscription has come, one row per partition; written in the same transaction as the effects.
CREATE TABLE checkpoint (
    subscription text NOT NULL,
    log          text COLLATE "C" NOT NULL,
    partition    smallint NOT NULL,
    position     bigint NOT NULL DEFAULT -1,
    stopped      text,
    stopped_at   timestamptz,
    keeper       name NOT NULL DEFAULT current_user,
    PRIMARY KEY (subscription, log, partition)
);
ALTER TABLE checkpoint ENABLE ROW LEVEL SECURITY;
CREATE POLICY everyone_reads ON checkpoint FOR SELECT USING (true);
CREATE POLICY keeper_writes ON checkpoint FOR ALL USING (keeper = current_user) WITH CHECK (keeper = current_user);

-- The simulated clock of a demo: at most one row, which can be made only while every log is empty.
CREATE TABLE clock (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    moment   timestamptz NOT NULL
);

CREATE FUNCTION guard_clock() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place record;
    filled boolean;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.moment < OLD.moment THEN
            RAISE EXCEPTION 'the clock never goes back: % is before %', NEW.moment, OLD.moment;
        END IF;
    ELSIF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a simulated clock stays with its data';
    ELSE
        FOR place IN SELECT schemaname FROM pg_catalog.pg_tables WHERE tablename = 'log_head' LOOP
            EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.log_head WHERE size > 0)', place.schemaname) INTO filled;
            IF filled THEN
                RAISE EXCEPTION 'a simulated clock needs an empty database: log of % has entries', place.schemaname;
            END IF;
        END LOOP;
    END IF;
    PERFORM pg_notify('gongkai.clock', NEW.moment::text);
    RETURN NEW;
END $$;
CREATE TRIGGER clock_is_guarded BEFORE INSERT OR UPDATE OR DELETE ON clock
    FOR EACH ROW EXECUTE FUNCTION guard_clock();

GRANT USAGE ON SCHEMA ledger TO subscriber, gongkai_monitor;
GRANT SELECT, INSERT, UPDATE ON checkpoint TO subscriber;
GRANT SELECT ON clock TO subscriber;
GRANT SELECT ON checkpoint, clock TO gongkai_monitor;
