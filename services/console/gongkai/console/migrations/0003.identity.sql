-- Identity: administrators apart (等保), keys of agencies' systems, sign-in by OpenID Connect, limits, and the access
-- record. All of it belongs to this service alone: no fold of anything, and nobody else's to read.

ALTER TABLE account ADD COLUMN security boolean NOT NULL DEFAULT false;
ALTER TABLE account ADD COLUMN temporary boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN account.temporary IS 'somebody else chose the password: it is to be changed at the first sign-in';
ALTER TABLE account ADD CONSTRAINT one_office CHECK (NOT (registrar AND security));
ALTER TABLE account DROP COLUMN failures, DROP COLUMN locked_until;
ALTER TABLE session ADD COLUMN security boolean NOT NULL DEFAULT false;
ALTER TABLE session ADD COLUMN changes_password boolean NOT NULL DEFAULT false;
CREATE INDEX session_of_person ON session (person);

-- A system may have several keys that live, so that one is replaced without a gap.
CREATE TABLE system_key (
    key        text COLLATE "C" PRIMARY KEY,
    system     text COLLATE "C" NOT NULL,
    secret     bytea NOT NULL UNIQUE CHECK (octet_length(secret) = 32),
    issued_at  timestamptz NOT NULL,
    issued_by  text COLLATE "C" NOT NULL,
    used_at    timestamptz,
    revoked_at timestamptz,
    revoked_by text COLLATE "C"
);
COMMENT ON COLUMN system_key.secret IS 'SHA-256 of a random secret of 256 bits, which is shown once and kept nowhere';
CREATE INDEX system_key_of_system ON system_key (system, issued_at);

-- Failures in a row, by what is slowed down: an address, a name at an address, a name from addresses unknown to it.
CREATE TABLE attempt (
    kind     text COLLATE "C" NOT NULL,
    key      text COLLATE "C" NOT NULL,
    failures integer NOT NULL,
    last_at  timestamptz NOT NULL,
    until    timestamptz,
    PRIMARY KEY (kind, key)
);

-- Where somebody signed in before: strangers' failures don't slow that address down.
CREATE TABLE known_address (
    name    text COLLATE "C" NOT NULL,
    address text COLLATE "C" NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (name, address)
);

-- Who came in, who didn't, which keys and accounts were given out and taken back. Only ever added to.
CREATE TABLE access_entry (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL,
    what    text COLLATE "C" NOT NULL,
    name    text COLLATE "C" NOT NULL,
    by      text COLLATE "C" NOT NULL,
    address text COLLATE "C" NOT NULL,
    way     text COLLATE "C" NOT NULL
);
COMMENT ON COLUMN access_entry.name IS 'whose account, system or session it is';
COMMENT ON COLUMN access_entry.by IS 'who did it; empty for one who wasn''t let in';
COMMENT ON COLUMN access_entry.way IS 'password, oidc, demo, key, and the like';
CREATE INDEX access_entry_of_name ON access_entry (name, id DESC);

-- Sign-ins under way at the issuer; and whom an issuer's name for somebody means, where it isn't the person's id.
CREATE TABLE oidc_flow (
    state      bytea PRIMARY KEY CHECK (octet_length(state) = 32),
    nonce      text NOT NULL,
    verifier   text NOT NULL,
    after      text NOT NULL,
    started_at timestamptz NOT NULL
);
COMMENT ON COLUMN oidc_flow.state IS 'SHA-256 of what the browser brings back';

CREATE TABLE oidc_person (
    issuer text COLLATE "C" NOT NULL,
    name   text COLLATE "C" NOT NULL,
    person text COLLATE "C" NOT NULL,
    PRIMARY KEY (issuer, name)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON system_key, attempt, known_address, oidc_flow, oidc_person TO console_writer;
GRANT SELECT, INSERT ON access_entry TO console_writer;
