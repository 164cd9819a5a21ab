-- Which relays live, also those that own nothing yet: the buckets are shared among them.
CREATE TABLE tramline_relay (
  owner      text        PRIMARY KEY,
  expires_at timestamptz NOT NULL
);
