-- Why the relay stands still, in words; NULL while it goes on.
ALTER TABLE log_relay ADD COLUMN halted text;

-- What the due moments in `timer` were computed with, such as the version of a calendar. Another one moves the open ones.
CREATE TABLE timer_basis (
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    basis text NOT NULL
);
DO $$
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON timer_basis TO %I', current_schema() || '_writer');
    GRANT SELECT ON timer_basis TO gongkai_monitor;
END $$;
