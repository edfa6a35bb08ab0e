-- What the console shows: nothing but folds of the four logs. Owner: console_owner.
-- A table sets only what its own event says, so that any order of arrival gives the same rows; evidence is named by
-- event id. Of several versions in one stream the newest stays.

CREATE TABLE document (
    document   text COLLATE "C" PRIMARY KEY,
    version    integer NOT NULL,
    event_id   uuid NOT NULL,
    unit       text COLLATE "C" NOT NULL,
    title      text NOT NULL,
    number     text,
    category   text COLLATE "C" NOT NULL,
    attribute  text COLLATE "C" NOT NULL,
    reason     text NOT NULL,
    summary    text NOT NULL,
    digest     text COLLATE "C" NOT NULL,
    media_type text NOT NULL,
    size       bigint NOT NULL,
    formed_on  date NOT NULL,
    consult    jsonb NOT NULL,
    drafted_at timestamptz NOT NULL,
    drafted_by text COLLATE "C" NOT NULL,
    rulebook   text NOT NULL
);
COMMENT ON TABLE document IS 'the newest draft of each document';
CREATE INDEX document_newest ON document (drafted_at DESC, document DESC);
CREATE INDEX document_of_unit ON document (unit, drafted_at DESC, document DESC);

-- One secrecy review of one version of one document: its request and its opinion, whichever came first.
CREATE TABLE review (
    document         text COLLATE "C" NOT NULL,
    digest           text COLLATE "C" NOT NULL,
    unit             text COLLATE "C" NOT NULL,
    requested        integer,
    requested_at     timestamptz,
    requested_event  uuid,
    reviewed         integer,
    reviewed_at      timestamptz,
    reviewed_by      text COLLATE "C",
    reviewed_event   uuid,
    opinion          text COLLATE "C",
    basis            text[],
    reason           text,
    PRIMARY KEY (document, digest)
);
COMMENT ON COLUMN review.requested IS 'version of the stream';
CREATE INDEX review_waiting ON review (unit) WHERE reviewed IS NULL;

CREATE TABLE consultation (
    consultation     text COLLATE "C" PRIMARY KEY,
    document         text COLLATE "C" NOT NULL,
    digest           text COLLATE "C" NOT NULL,
    unit             text COLLATE "C" NOT NULL,
    asked            text COLLATE "C" NOT NULL,
    requested        integer,
    requested_at     timestamptz,
    requested_on     date,
    requested_event  uuid,
    title            text,
    kind             text COLLATE "C",
    matters          text,
    opinion          text,
    answered         integer,
    answered_at      timestamptz,
    answered_by      text COLLATE "C",
    answered_event   uuid,
    agrees           boolean,
    reason           text,
    lapsed           integer,
    lapsed_at        timestamptz,
    lapsed_event     uuid,
    silence          text COLLATE "C",
    due              date
);
COMMENT ON COLUMN consultation.requested_on IS 'in Shanghai: the term counts from the next day';
CREATE INDEX consultation_of_document ON consultation (document, digest);
CREATE INDEX consultation_waiting ON consultation (asked) WHERE answered IS NULL;

CREATE TABLE publication (
    document     text COLLATE "C" PRIMARY KEY,
    version      integer NOT NULL,
    event_id     uuid NOT NULL,
    digest       text COLLATE "C" NOT NULL,
    index_no     text NOT NULL,
    published_at timestamptz NOT NULL,
    published_by text COLLATE "C" NOT NULL
);

-- No personal data: those are sealed in the events, and stay there.
CREATE TABLE application (
    application    text COLLATE "C" PRIMARY KEY,
    unit           text COLLATE "C" NOT NULL,
    receipt        text,
    channel        text COLLATE "C",
    received       integer,
    received_at    timestamptz,
    received_on    date,
    rules_on       date,
    received_event uuid,
    answered       integer,
    answered_at    timestamptz,
    answered_by    text COLLATE "C",
    answered_on    date,
    answered_event uuid,
    kind           text COLLATE "C",
    due            date,
    late_days      integer,
    overdue        integer,
    overdue_at     timestamptz,
    overdue_event  uuid
);
COMMENT ON COLUMN application.rules_on IS 'the day it was entered, in Shanghai: that day''s rulebook holds';
COMMENT ON COLUMN application.due IS 'as judged when answered; for an open one it is computed when asked';
CREATE INDEX application_open ON application (unit, received_on, rules_on) WHERE answered IS NULL;
CREATE INDEX application_answered ON application (answered_on DESC, application DESC) WHERE answered IS NOT NULL;

CREATE TABLE score_item (
    event_id  uuid PRIMARY KEY,
    unit      text COLLATE "C" NOT NULL,
    year      integer NOT NULL,
    indicator text COLLATE "C" NOT NULL,
    case_of   text COLLATE "C" NOT NULL,
    points    integer NOT NULL,
    clause    text NOT NULL,
    reason    text NOT NULL,
    evidence  uuid[] NOT NULL,
    at        timestamptz NOT NULL
);
COMMENT ON COLUMN score_item.points IS 'hundredths of a point';
CREATE INDEX score_item_of_unit ON score_item (year, unit, at);

-- One row for every event of every log: the audit trail, and the timelines.
CREATE TABLE event (
    event_id    uuid PRIMARY KEY,
    log         text COLLATE "C" NOT NULL,
    stream      text COLLATE "C" NOT NULL,
    version     integer NOT NULL,
    name        text COLLATE "C" NOT NULL,
    at          timestamptz NOT NULL,
    by          text COLLATE "C" NOT NULL,
    unit        text COLLATE "C" NOT NULL,
    other_unit  text COLLATE "C",
    document    text COLLATE "C",
    application text COLLATE "C",
    case_of     text COLLATE "C",
    clause      text NOT NULL,
    zh          text NOT NULL,
    en          text NOT NULL,
    note        text NOT NULL,
    mood        text COLLATE "C" NOT NULL
);
COMMENT ON COLUMN event.other_unit IS 'the unit that was asked, where one was';
COMMENT ON COLUMN event.note IS 'what the person wrote';
COMMENT ON COLUMN event.mood IS 'done, late or nothing: how a timeline marks it';
CREATE INDEX event_newest ON event (at DESC, event_id DESC);
CREATE INDEX event_of_log ON event (log, at DESC, event_id DESC);
CREATE INDEX event_of_unit ON event (unit, at DESC, event_id DESC);
CREATE INDEX event_of_other_unit ON event (other_unit, at DESC, event_id DESC) WHERE other_unit IS NOT NULL;
CREATE INDEX event_of_name ON event (name, at DESC, event_id DESC);
CREATE INDEX event_of_stream ON event (stream, version);
CREATE INDEX event_of_document ON event (document, at) WHERE document IS NOT NULL;
CREATE INDEX event_of_application ON event (application, at) WHERE application IS NOT NULL;
CREATE INDEX event_of_case ON event (case_of) WHERE case_of IS NOT NULL;

-- Where a document stands: read from the tables above, stored nowhere. The gate itself is publishing's.
CREATE VIEW document_state AS
SELECT d.*,
       r.requested_at AS review_requested_at, r.opinion AS review_opinion, r.reviewed_at, r.reviewed_by,
       p.digest AS published_digest, p.published_at, p.index_no,
       CASE
           WHEN p.digest = d.digest THEN 'published'
           WHEN r.opinion = 'exempt' AND d.attribute = 'proactive' THEN 'returned'
           WHEN c.against > 0 THEN 'disputed'
           WHEN r.opinion = 'refer' THEN 'referred'
           WHEN r.opinion IS NULL THEN 'reviewing'
           WHEN c.silent > 0 THEN 'unanswered'
           WHEN c.pending > 0 OR c.asked < jsonb_array_length(d.consult) THEN 'consulting'
           WHEN d.attribute = 'proactive' THEN 'ready'
           ELSE 'filed'
       END AS state
FROM document d
LEFT JOIN publication p ON p.document = d.document
LEFT JOIN LATERAL (
    SELECT k.requested_at, k.reviewed_at, k.reviewed_by,
           CASE WHEN k.reviewed > coalesce(k.requested, 0) THEN k.opinion END AS opinion
    FROM review k WHERE k.document = d.document AND k.digest = d.digest
) r ON true
CROSS JOIN LATERAL (
    SELECT count(*) AS asked,
           count(*) FILTER (WHERE answered IS NULL AND lapsed IS NULL) AS pending,
           count(*) FILTER (WHERE agrees = false) AS against,
           count(*) FILTER (WHERE answered IS NULL AND silence = 'never-consent') AS silent
    FROM consultation k WHERE k.document = d.document AND k.digest = d.digest
) c;

-- Accounts and sessions belong to this service alone: no fold of anything, and nobody else's to read.
CREATE TABLE account (
    person       text COLLATE "C" PRIMARY KEY,
    password     text NOT NULL,
    registrar    boolean NOT NULL DEFAULT false,
    failures     integer NOT NULL DEFAULT 0,
    locked_until timestamptz,
    changed_at   timestamptz NOT NULL
);
COMMENT ON COLUMN account.password IS 'argon2id';

CREATE TABLE session (
    id         bytea PRIMARY KEY CHECK (octet_length(id) = 32),
    person     text COLLATE "C" NOT NULL,
    registrar  boolean NOT NULL,
    csrf       text NOT NULL,
    started_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL
);
COMMENT ON COLUMN session.id IS 'SHA-256 of what the cookie holds';
CREATE INDEX session_idle ON session (seen_at);

GRANT SELECT, INSERT, UPDATE, DELETE
    ON document, review, consultation, publication, application, score_item, event, account, session TO console_writer;
GRANT SELECT ON document_state TO console_writer;
GRANT SELECT ON document, review, consultation, publication, application, score_item, event TO gongkai_monitor;
