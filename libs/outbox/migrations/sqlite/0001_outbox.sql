-- Events that were written and are to be brought to the broker. AUTOINCREMENT: the id of a row that is gone is never used
-- again, or a late delete would remove another one. state: 0 pending, 1 dead, 2 sent. Times are milliseconds since 1970.
CREATE TABLE tramline_outbox (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id   TEXT    NOT NULL,
  type       TEXT    NOT NULL,
  topic      TEXT    NOT NULL,
  key        BLOB,
  partition  INTEGER,
  bucket     INTEGER NOT NULL,
  headers    TEXT    NOT NULL,
  payload    BLOB,
  created_at INTEGER NOT NULL,
  attempts   INTEGER NOT NULL DEFAULT 0,
  last_error TEXT,
  state      INTEGER NOT NULL DEFAULT 0,
  settled_at INTEGER
) STRICT;
