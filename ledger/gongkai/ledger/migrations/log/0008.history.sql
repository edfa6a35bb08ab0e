-- Since when each reaction and each kind of deadline of this service acts on each log that it follows: recorded when this
-- deployment first started with it, and never changed. `since`: the last position of what was history then. It acts on
-- every later record, and on history up to `done`. While it is being caught up, `walked` of the positions up to `until`
-- are done; both are NULL otherwise. `stopped`: why that doesn't go on, in words.
CREATE TABLE acts_since (
    name    text COLLATE "C" NOT NULL,
    log     text COLLATE "C" NOT NULL,
    since   bigint NOT NULL,
    done    bigint NOT NULL DEFAULT -1,
    walked  bigint,
    until   bigint,
    stopped text,
    PRIMARY KEY (name, log),
    CHECK ((walked IS NULL) = (until IS NULL))
);

-- How far the timers are folded again with another basis: what ends in between goes on from there.
CREATE TABLE timer_refold (
    log      text COLLATE "C" NOT NULL,
    basis    text NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (log, basis)
);
DO $$
BEGIN
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON acts_since TO %I', current_schema() || '_writer');
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON timer_refold TO %I', current_schema() || '_writer');
    GRANT SELECT ON acts_since, timer_refold TO gongkai_monitor;
END $$;
