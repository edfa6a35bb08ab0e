-- The hash tree over each log of this service, as anybody may read it (C2SP tlog-tiles), and what was signed of it.
-- A tile grows until it has 256 hashes; a narrower one is its beginning, so each is kept once.
CREATE TABLE log_tile (
    log    text COLLATE "C" NOT NULL,
    level  smallint NOT NULL,
    index  bigint NOT NULL,
    hashes bytea STORAGE EXTERNAL NOT NULL CHECK (octet_length(hashes) % 32 = 0 AND octet_length(hashes) BETWEEN 32 AND 8192),
    PRIMARY KEY (log, level, index)
);

-- Every checkpoint ever signed. `awaits`: a witness was asked, so the one before it is shown for a moment longer.
CREATE TABLE log_checkpoint (
    log       text COLLATE "C" NOT NULL,
    size      bigint NOT NULL,
    root      bytea NOT NULL CHECK (octet_length(root) = 32),
    note      text NOT NULL,
    awaits    boolean NOT NULL,
    signed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (log, size, signed_at)
);

-- What witnesses answered: one signature line each.
CREATE TABLE log_cosignature (
    log    text COLLATE "C" NOT NULL,
    size   bigint NOT NULL,
    name   text NOT NULL,
    line   text NOT NULL,
    PRIMARY KEY (log, size, line)
);

-- Verifier keys that ever signed for the log, newest first by `since`. For convenience: to trust one is to have it
-- from somewhere else.
CREATE TABLE log_key (
    log   text COLLATE "C" NOT NULL,
    vkey  text NOT NULL,
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (log, vkey)
);

-- Why nothing is signed, and why nothing is cosigned, in words; NULL while all is well.
CREATE TABLE log_integrator (
    log         text COLLATE "C" PRIMARY KEY,
    halted      text,
    unwitnessed text
);

CREATE FUNCTION refuse_other_hashes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.log, NEW.level, NEW.index) IS DISTINCT FROM (OLD.log, OLD.level, OLD.index)
       OR substring(NEW.hashes FROM 1 FOR octet_length(OLD.hashes)) <> OLD.hashes THEN
        RAISE EXCEPTION 'a tile only grows: level % index % of %', OLD.level, OLD.index, OLD.log
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER log_tile_only_grows BEFORE UPDATE ON log_tile
    FOR EACH ROW EXECUTE FUNCTION refuse_other_hashes();
CREATE TRIGGER log_tile_stays BEFORE DELETE OR TRUNCATE ON log_tile
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_checkpoint_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON log_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_cosignature_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON log_cosignature
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_key_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON log_key
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

DO $$
DECLARE
    writer text := current_schema() || '_writer';
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE (hashes) ON log_tile TO %I', writer);
    EXECUTE format('GRANT SELECT, INSERT ON log_checkpoint, log_cosignature, log_key TO %I', writer);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON log_integrator TO %I', writer);
    GRANT SELECT ON log_integrator, log_tile, log_checkpoint, log_cosignature, log_key TO log_reader;
END $$;
