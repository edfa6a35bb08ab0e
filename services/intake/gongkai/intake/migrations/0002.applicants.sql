-- Which applications are one person's (by an id that says nothing about who it is), and who was erased.
CREATE TABLE applicant (
    application text COLLATE "C" PRIMARY KEY,
    person      text COLLATE "C",
    answered    boolean NOT NULL DEFAULT false
);
CREATE INDEX applicant_person ON applicant (person);
CREATE TABLE erased (
    person   text COLLATE "C" PRIMARY KEY,
    event_id uuid NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON applicant, erased TO intake_writer;
GRANT SELECT ON applicant, erased TO gongkai_monitor;
