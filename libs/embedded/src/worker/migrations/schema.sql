-- schema version 1

CREATE TABLE assignments (
  group_id INTEGER NOT NULL,
  partition_id INTEGER NOT NULL,
  owner TEXT,
  target TEXT,
  epoch INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (group_id, partition_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX assignments_by_owner ON assignments (owner);

CREATE TABLE chores (name TEXT PRIMARY KEY, boot_id TEXT NOT NULL, held_until REAL NOT NULL) STRICT;

CREATE TABLE commits (
  group_id INTEGER NOT NULL,
  partition_id INTEGER NOT NULL,
  "offset" INTEGER NOT NULL,
  metadata TEXT NOT NULL,
  PRIMARY KEY (group_id, partition_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;

CREATE TABLE groups (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  generation INTEGER NOT NULL DEFAULT 0,
  version INTEGER NOT NULL DEFAULT 0,
  -- the 'topics' counter that the assignment was made for
  assigned_topics INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE machines (boot_id TEXT PRIMARY KEY, host TEXT NOT NULL, openings INTEGER NOT NULL) STRICT;

CREATE TABLE members (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  group_id INTEGER NOT NULL REFERENCES groups (id),
  client_id TEXT NOT NULL,
  topics TEXT NOT NULL,
  session_ms REAL NOT NULL,
  boot_id TEXT NOT NULL,
  heartbeat_at REAL NOT NULL
) STRICT;

CREATE INDEX members_by_group ON members (group_id);

CREATE TABLE partitions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  topic_id INTEGER NOT NULL REFERENCES topics (id),
  number INTEGER NOT NULL,
  start_offset INTEGER NOT NULL DEFAULT 0,
  next_offset INTEGER NOT NULL DEFAULT 0,
  compacted_to INTEGER NOT NULL DEFAULT 0,
  UNIQUE (topic_id, number)
) STRICT;

CREATE TABLE records_1 ("offset" INTEGER PRIMARY KEY, timestamp INTEGER NOT NULL, "key" BLOB, headers BLOB NOT NULL, value BLOB) STRICT;

CREATE TABLE records_2 ("offset" INTEGER PRIMARY KEY, timestamp INTEGER NOT NULL, "key" BLOB, headers BLOB NOT NULL, value BLOB) STRICT;

CREATE INDEX records_2_by_key ON records_2 ("key", "offset");

CREATE INDEX records_2_deletions ON records_2 (timestamp) WHERE value IS NULL;

CREATE TABLE stretches (
  partition_id INTEGER NOT NULL,
  until_offset INTEGER NOT NULL,
  latest INTEGER NOT NULL,
  PRIMARY KEY (partition_id, until_offset)
) STRICT, WITHOUT ROWID;

CREATE TABLE topics (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  cleanup TEXT NOT NULL CHECK (cleanup IN ('delete', 'compact')),
  retention_ms INTEGER,
  max_record_bytes INTEGER NOT NULL
) STRICT;
