-- How many rows there are is how many buckets there are. It is fixed from here on: the bucket of a row is reckoned with it.
INSERT INTO tramline_lease (bucket) SELECT generate_series(0, 63);
