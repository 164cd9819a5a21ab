-- Keys (single rows where there is no key) that wait after a failure. row_id: the outbox row that failed.
CREATE TABLE tramline_held (
  row_id bigint      PRIMARY KEY,
  bucket integer     NOT NULL,
  topic  text        NOT NULL,
  key    bytea,
  until  timestamptz NOT NULL
);
