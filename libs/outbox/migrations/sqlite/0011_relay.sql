-- Which relays live, also those that own nothing yet: the buckets are shared among them.
CREATE TABLE tramline_relay (
  owner      TEXT PRIMARY KEY,
  expires_at INTEGER NOT NULL
) STRICT;
