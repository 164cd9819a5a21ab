-- One page of rows for a relay. A function for its settings: a queue grows faster than statistics are renewed, and a planner
-- that believes in few rows sorts a whole backlog for each page. And for its plan, which is made once for each connection and
-- for all values: most pages are empty or short, and planning one took ten times as long as reading it, or a hundred times
-- beside rows that were deleted and not yet vacuumed. Sizes are known without reading the payloads. Mostly no key is on hold,
-- and one look at that saves two for each row.
CREATE FUNCTION tramline_pending(after_id bigint, in_buckets integer[], most_rows integer, most_bytes bigint)
RETURNS SETOF tramline_outbox LANGUAGE plpgsql STABLE ROWS 2000
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET enable_hashjoin = off
SET enable_mergejoin = off SET jit = off SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
  RETURN QUERY SELECT (p.o).* FROM (
    SELECT n.o, sum(n.size) OVER (ORDER BY n.id ROWS UNBOUNDED PRECEDING) - n.size AS before FROM (
      SELECT o, o.id,
        coalesce(octet_length(o.payload), 0) + coalesce(octet_length(o.key), 0) + octet_length(o.headers) AS size
      FROM tramline_outbox o
      WHERE o.state = 0 AND o.id > after_id AND o.bucket = ANY (in_buckets)
        AND (NOT EXISTS (SELECT 1 FROM tramline_held)
          OR NOT EXISTS (SELECT 1 FROM tramline_held h WHERE h.row_id = o.id)
            AND NOT EXISTS (SELECT 1 FROM tramline_held h WHERE h.topic = o.topic AND sha256(h.key) = sha256(o.key)))
      ORDER BY o.id LIMIT most_rows) n
  ) p WHERE p.before < most_bytes;
END
$$;
