-- What an applicant quotes, and the application it belongs to. Nothing personal.
CREATE TABLE receipt (
    receipt     text COLLATE "C" PRIMARY KEY,
    application text COLLATE "C" NOT NULL,
    code_digest text NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON receipt TO intake_writer;
GRANT SELECT ON receipt TO gongkai_monitor;
