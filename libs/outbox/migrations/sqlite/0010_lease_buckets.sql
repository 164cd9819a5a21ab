-- How many rows there are is how many buckets there are. It is fixed from here on: the bucket of a row is reckoned with it.
INSERT INTO tramline_lease (bucket)
WITH RECURSIVE buckets (bucket) AS (SELECT 0 UNION ALL SELECT bucket + 1 FROM buckets WHERE bucket < 63)
SELECT bucket FROM buckets;
