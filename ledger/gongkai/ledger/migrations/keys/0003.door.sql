-- Keys that agencies encrypt to (JWK, private part included): made when the newest is a year old, and kept, so that
-- what was encrypted to an older one can still be opened.
CREATE TABLE door_key (
    kid     text PRIMARY KEY,
    jwk     text NOT NULL,
    made_at timestamptz NOT NULL
);
GRANT SELECT, INSERT ON door_key TO keys_user;
