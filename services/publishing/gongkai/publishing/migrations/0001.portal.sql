-- Everything in this service's log is public: the portal may read it, and no other log.
GRANT USAGE ON SCHEMA publishing TO portal_writer;
GRANT SELECT ON log_head, log_entry TO portal_writer;
