CREATE TABLE "tramline_migrations" (
  version    integer PRIMARY KEY,
  applied_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))
);

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

CREATE INDEX tramline_outbox_pending ON tramline_outbox (id, bucket) WHERE state = 0;

CREATE INDEX tramline_outbox_dead ON tramline_outbox (id) WHERE state = 1;

CREATE INDEX tramline_outbox_sent ON tramline_outbox (settled_at) WHERE state = 2;

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

CREATE INDEX tramline_scheduled_due ON tramline_scheduled (due_at, id);

CREATE TABLE tramline_held (
  row_id INTEGER PRIMARY KEY,
  bucket INTEGER NOT NULL,
  topic  TEXT    NOT NULL,
  key    BLOB,
  until  INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX tramline_held_key ON tramline_held (topic, key) WHERE key IS NOT NULL;

CREATE TABLE tramline_lease (
  bucket     INTEGER PRIMARY KEY,
  owner      TEXT,
  epoch      INTEGER NOT NULL DEFAULT 0,
  expires_at INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE tramline_relay (
  owner      TEXT PRIMARY KEY,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE tramline_inbox (
  group_name TEXT    NOT NULL,
  handler    TEXT    NOT NULL,
  event_id   TEXT    NOT NULL,
  topic      TEXT    NOT NULL,
  partition  INTEGER NOT NULL,
  position   INTEGER NOT NULL,
  handled_at INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL,
  PRIMARY KEY (group_name, handler, event_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX tramline_inbox_seen ON tramline_inbox (group_name, topic, partition, seen_at);
