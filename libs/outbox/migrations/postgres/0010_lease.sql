-- Which relay owns which bucket. The epoch goes up with every claim, and every write of a relay names it.
CREATE TABLE tramline_lease (
  bucket     integer     PRIMARY KEY,
  owner      text,
  epoch      bigint      NOT NULL DEFAULT 0,
  expires_at timestamptz
);
