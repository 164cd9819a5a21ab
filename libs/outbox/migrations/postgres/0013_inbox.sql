-- What handlers with `once: true` have done. position: the highest offset in its topic and partition at which it was seen.
CREATE TABLE tramline_inbox (
  group_name text        NOT NULL,
  handler    text        NOT NULL,
  event_id   text        NOT NULL,
  topic      text        NOT NULL,
  partition  integer     NOT NULL,
  position   bigint      NOT NULL,
  handled_at timestamptz NOT NULL,
  seen_at    timestamptz NOT NULL,
  PRIMARY KEY (group_name, handler, event_id)
);
