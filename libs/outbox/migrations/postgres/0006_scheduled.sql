-- Events that are not due yet. They lie apart, where no relay has to read over them, and draw their outbox id when due.
CREATE TABLE tramline_scheduled (
  id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id  text        NOT NULL,
  type      text        NOT NULL,
  topic     text        NOT NULL,
  key       bytea,
  partition integer,
  bucket    integer     NOT NULL,
  headers   text        NOT NULL,
  payload   bytea,
  due_at    timestamptz NOT NULL
);
