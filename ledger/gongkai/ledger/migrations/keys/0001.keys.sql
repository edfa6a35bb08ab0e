-- Keys of personal data, in a database of their own with a backup of its own. Owner: keys_owner.
CREATE TABLE person_key (
    person     text PRIMARY KEY,
    key        bytea NOT NULL CHECK (octet_length(key) = 32),
    made_at    timestamptz NOT NULL
);
-- The pepper under which persons are recognised without their identity being stored.
CREATE TABLE pepper (
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    bytes bytea NOT NULL CHECK (octet_length(bytes) = 32)
);
GRANT USAGE ON SCHEMA keys TO keys_user;
GRANT SELECT, INSERT, DELETE ON person_key TO keys_user;
GRANT SELECT, INSERT ON pepper TO keys_user;
