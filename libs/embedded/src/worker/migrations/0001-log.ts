/** Topics, partitions, groups. The records of each partition lie in a table of its own (record-tables.ts). */
export const log = `
CREATE TABLE topics (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  cleanup TEXT NOT NULL CHECK (cleanup IN ('delete', 'compact')),
  retention_ms INTEGER,
  max_record_bytes INTEGER NOT NULL
) STRICT;

-- next_offset lies here and not in the records, so that no retention ever gives an offset twice.
-- start_offset moves with retention alone; compaction leaves gaps behind it.
CREATE TABLE partitions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  topic_id INTEGER NOT NULL REFERENCES topics (id),
  number INTEGER NOT NULL,
  start_offset INTEGER NOT NULL DEFAULT 0,
  next_offset INTEGER NOT NULL DEFAULT 0,
  compacted_to INTEGER NOT NULL DEFAULT 0,
  UNIQUE (topic_id, number)
) STRICT;

-- The greatest timestamp of every full stretch of offsets, so that finding an offset by time need not read the records.
CREATE TABLE stretches (
  partition_id INTEGER NOT NULL,
  until_offset INTEGER NOT NULL,
  latest INTEGER NOT NULL,
  PRIMARY KEY (partition_id, until_offset)
) STRICT, WITHOUT ROWID;

-- 'topics' rises whenever topics or partitions come or go.
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
INSERT INTO counters VALUES ('topics', 1);

CREATE TABLE groups (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  generation INTEGER NOT NULL DEFAULT 0,
  version INTEGER NOT NULL DEFAULT 0,
  -- the 'topics' counter that the assignment was made for
  assigned_topics INTEGER NOT NULL DEFAULT 0
) STRICT;

-- heartbeat_at: milliseconds of the monotonic clock of the boot.
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

-- owner: who has the partition; target: who shall have it. epoch rises whenever the owner changes.
CREATE TABLE assignments (
  group_id INTEGER NOT NULL,
  partition_id INTEGER NOT NULL,
  owner TEXT,
  target TEXT,
  epoch INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (group_id, partition_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX assignments_by_owner ON assignments (owner);

CREATE TABLE commits (
  group_id INTEGER NOT NULL,
  partition_id INTEGER NOT NULL,
  "offset" INTEGER NOT NULL,
  metadata TEXT NOT NULL,
  PRIMARY KEY (group_id, partition_id)
) STRICT, WITHOUT ROWID;

-- Machines that opened the log; openings of another one while this one works mean that two share the directory.
CREATE TABLE machines (boot_id TEXT PRIMARY KEY, host TEXT NOT NULL, openings INTEGER NOT NULL) STRICT;

-- One process at a time does retention and compaction.
CREATE TABLE chores (name TEXT PRIMARY KEY, boot_id TEXT NOT NULL, held_until REAL NOT NULL) STRICT;
`;
