-- Keys (single rows where there is no key) that wait after a failure. row_id: the outbox row that failed.
CREATE TABLE tramline_held (
  row_id INTEGER PRIMARY KEY,
  bucket INTEGER NOT NULL,
  topic  TEXT    NOT NULL,
  key    BLOB,
  until  INTEGER NOT NULL
) STRICT;
