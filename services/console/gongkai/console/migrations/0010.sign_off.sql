-- What waits for a signature: folds of the logs like the tables of 0001.

CREATE TABLE proposal (
    application text COLLATE "C" PRIMARY KEY,
    unit        text COLLATE "C" NOT NULL,
    proposed    integer,
    proposed_at timestamptz,
    proposed_by text COLLATE "C",
    proposal    text COLLATE "C",
    withdrawn   integer
);
COMMENT ON TABLE proposal IS 'the newest answer that was proposed to an application';
COMMENT ON COLUMN proposal.proposed IS 'version of the stream, as withdrawn: the newer one counts';

CREATE TABLE sign_off (
    case_of     text COLLATE "C" PRIMARY KEY,
    unit        text COLLATE "C" NOT NULL,
    opened      integer,
    opened_at   timestamptz,
    subject     text COLLATE "C",
    proposed_by text COLLATE "C",
    steps       text[],
    given       integer,
    given_at    timestamptz,
    given_step  text COLLATE "C",
    returned    integer,
    returned_at timestamptz,
    returned_by text COLLATE "C",
    opinion     text,
    completed   integer,
    voided      integer
);
COMMENT ON TABLE sign_off IS 'the newest sign-off of each case';
CREATE INDEX sign_off_of_unit ON sign_off (unit, opened_at);

-- Who holds it since when: the step after the last one that was given since it was opened.
CREATE VIEW sign_off_state AS
SELECT s.*,
       CASE
           WHEN voided > opened THEN 'voided'
           WHEN completed > opened THEN 'completed'
           WHEN returned > opened THEN 'returned'
           ELSE 'waiting'
       END AS state,
       steps[coalesce(array_position(steps, CASE WHEN given > opened THEN given_step END), 0) + 1] AS step,
       CASE WHEN given > opened THEN given_at ELSE opened_at END AS since
FROM sign_off s
WHERE opened IS NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON proposal, sign_off TO console_writer;
GRANT SELECT ON sign_off_state TO console_writer;
GRANT SELECT ON proposal, sign_off TO gongkai_monitor;
