-- What concerns every unit, as a holiday notice does, is the event of none.
ALTER TABLE event ALTER COLUMN unit DROP NOT NULL;
COMMENT ON COLUMN event.unit IS 'whose event it is; none: everybody''s';
