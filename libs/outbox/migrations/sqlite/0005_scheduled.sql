-- Events that are not due yet. They lie apart, where no relay has to read over them, and draw their outbox id when due.
CREATE TABLE tramline_scheduled (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id  TEXT    NOT NULL,
  type      TEXT    NOT NULL,
  topic     TEXT    NOT NULL,
  key       BLOB,
  partition INTEGER,
  bucket    INTEGER NOT NULL,
  headers   TEXT    NOT NULL,
  payload   BLOB,
  due_at    INTEGER NOT NULL
) STRICT;
