-- Which relay owns which bucket. The epoch goes up with every claim, and every write of a relay names it.
CREATE TABLE tramline_lease (
  bucket     INTEGER PRIMARY KEY,
  owner      TEXT,
  epoch      INTEGER NOT NULL DEFAULT 0,
  expires_at INTEGER NOT NULL DEFAULT 0
) STRICT;
