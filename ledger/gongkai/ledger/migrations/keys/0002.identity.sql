-- A person's id in the log is drawn by lot; what it has to do with an identity is known here alone, and goes with the key.
ALTER TABLE person_key ADD COLUMN identity bytea UNIQUE;
UPDATE person_key SET identity = decode(substr(person, 3), 'hex') WHERE person ~ '^p-[0-9a-f]{32}$';
COMMENT ON COLUMN person_key.identity IS 'first 16 bytes of HMAC-SHA-256(pepper, identity)';
-- What is destroyed is swept from the disk soon, not when a thousand others have been.
ALTER TABLE person_key SET (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0);
