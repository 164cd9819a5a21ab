-- Events that were written and are to be brought to the broker. The id has no default: a row whose writer did not take the
-- locks first would be lost. state: 0 pending, 1 dead, 2 sent.
CREATE TABLE tramline_outbox (
  id         bigint      PRIMARY KEY,
  event_id   text        NOT NULL,
  type       text        NOT NULL,
  topic      text        NOT NULL,
  key        bytea,
  partition  integer,
  bucket     integer     NOT NULL,
  headers    text        NOT NULL,
  payload    bytea,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  attempts   integer     NOT NULL DEFAULT 0,
  last_error text,
  state      smallint    NOT NULL DEFAULT 0,
  settled_at timestamptz
);
