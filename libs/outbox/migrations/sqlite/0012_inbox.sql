-- What handlers with `once: true` have done. position: the highest offset in its topic and partition at which it was seen.
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
