-- Rows that were sent: deleted, or marked where they are kept. Only in the buckets whose epoch is still the relay's; the leases
-- stay locked until the transaction ends, in the order of buckets, as everybody locks them, so that no claim comes in between.
-- A function for its plan, which is made once for each connection: a relay settles a few rows at a time, many times a second,
-- and planning that took three times as long as doing it. Its settings: it is to go by the primary key, whatever the statistics
-- say, and the plan for all values takes every list for short, which thousands of rows in a nested loop are not.
CREATE FUNCTION tramline_settle(
  in_buckets integer[], in_epochs bigint[], row_ids bigint[], event_ids text[], keep boolean
) RETURNS bigint LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_nestloop = off SET jit = off
AS $$
DECLARE
  held integer[];
  settled bigint;
BEGIN
  SELECT array_agg(locked.bucket) INTO held FROM (
    SELECT l.bucket FROM tramline_lease l
      JOIN unnest(in_buckets, in_epochs) AS given (bucket, epoch) ON l.bucket = given.bucket AND l.epoch = given.epoch
      ORDER BY l.bucket FOR SHARE OF l) locked;
  IF keep THEN
    UPDATE tramline_outbox o SET state = 2, settled_at = clock_timestamp()
      FROM unnest(row_ids, event_ids) AS given (id, event_id)
      WHERE o.id = ANY (row_ids) AND o.bucket = ANY (held) AND o.state = 0
        AND o.id = given.id AND o.event_id = given.event_id;
  ELSE
    DELETE FROM tramline_outbox o USING unnest(row_ids, event_ids) AS given (id, event_id)
      WHERE o.id = ANY (row_ids) AND o.bucket = ANY (held) AND o.state = 0
        AND o.id = given.id AND o.event_id = given.event_id;
  END IF;
  GET DIAGNOSTICS settled = ROW_COUNT;
  RETURN settled;
END
$$;
