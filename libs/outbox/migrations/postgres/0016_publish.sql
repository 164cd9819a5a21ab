-- Writes one event in the caller's transaction: first the locks, then the id, on which all order rests. A function, because the
-- server plans it once for each connection; planning the statement anew for each event was half of what an event cost.
-- in_transaction: 'written', one in which something was written before, or the id of one. When it is another, nothing is
-- written and the answer is null; else the answer is the transaction's id. Null: whichever it is.
CREATE FUNCTION tramline_publish(
  in_transaction text, key_lock integer, delay_ms bigint,
  event_id text, type text, topic text, key text, partition integer, bucket integer, headers text, payload text
) RETURNS text LANGUAGE plpgsql
AS $$
DECLARE
  lock_class CONSTANT integer NOT NULL := CAST(CAST(CAST('tramline_outbox' AS regclass) AS oid) AS integer);
BEGIN
  IF (CASE in_transaction WHEN 'written' THEN pg_current_xact_id_if_assigned() IS NULL
    ELSE in_transaction <> CAST(pg_current_xact_id() AS text) END)
  THEN RETURN NULL; END IF;
  IF delay_ms IS NOT NULL THEN
    INSERT INTO tramline_scheduled (due_at, event_id, type, topic, key, partition, bucket, headers, payload)
      VALUES (clock_timestamp() + delay_ms * interval '1 millisecond',
        event_id, type, topic, decode(key, 'base64'), partition, bucket, headers, decode(payload, 'base64'));
  ELSE
    PERFORM pg_advisory_xact_lock_shared(lock_class, 0);
    IF key_lock IS NOT NULL THEN PERFORM pg_advisory_xact_lock(lock_class, key_lock); END IF;
    INSERT INTO tramline_outbox (id, event_id, type, topic, key, partition, bucket, headers, payload)
      VALUES (nextval('tramline_outbox_id'),
        event_id, type, topic, decode(key, 'base64'), partition, bucket, headers, decode(payload, 'base64'));
  END IF;
  RETURN CAST(pg_current_xact_id() AS text);
END
$$;
