-- The same for several events: each lock once, lowest first; without key_locks the whole outbox' lock, alone. The ids are drawn
-- above a sorted subquery, so in the order of the rows.
CREATE FUNCTION tramline_publish_all(in_transaction text, key_locks text, delay_ms bigint, events text)
RETURNS text LANGUAGE plpgsql
AS $$
DECLARE
  lock_class CONSTANT integer NOT NULL := CAST(CAST(CAST('tramline_outbox' AS regclass) AS oid) AS integer);
  key_lock integer;
BEGIN
  IF (CASE in_transaction WHEN 'written' THEN pg_current_xact_id_if_assigned() IS NULL
    ELSE in_transaction <> CAST(pg_current_xact_id() AS text) END)
  THEN RETURN NULL; END IF;
  IF delay_ms IS NOT NULL THEN
    INSERT INTO tramline_scheduled (due_at, event_id, type, topic, key, partition, bucket, headers, payload)
      SELECT clock_timestamp() + delay_ms * interval '1 millisecond', ready.* FROM (
        SELECT e.event_id, e.type, e.topic, decode(e.key, 'base64'), e.partition, e.bucket, e.headers, decode(e.payload, 'base64')
        FROM ROWS FROM (json_to_recordset(CAST(events AS json)) AS (
          event_id text, type text, topic text, key text, partition integer, bucket integer, headers text, payload text
        )) WITH ORDINALITY AS e (event_id, type, topic, key, partition, bucket, headers, payload, place)
        ORDER BY e.place) ready;
  ELSE
    IF key_locks IS NULL THEN
      PERFORM pg_advisory_xact_lock(lock_class, 0);
    ELSE
      PERFORM pg_advisory_xact_lock_shared(lock_class, 0);
      FOREACH key_lock IN ARRAY CAST(key_locks AS integer[]) LOOP
        PERFORM pg_advisory_xact_lock(lock_class, key_lock);
      END LOOP;
    END IF;
    INSERT INTO tramline_outbox (id, event_id, type, topic, key, partition, bucket, headers, payload)
      SELECT nextval('tramline_outbox_id'), ready.* FROM (
        SELECT e.event_id, e.type, e.topic, decode(e.key, 'base64'), e.partition, e.bucket, e.headers, decode(e.payload, 'base64')
        FROM ROWS FROM (json_to_recordset(CAST(events AS json)) AS (
          event_id text, type text, topic text, key text, partition integer, bucket integer, headers text, payload text
        )) WITH ORDINALITY AS e (event_id, type, topic, key, partition, bucket, headers, payload, place)
        ORDER BY e.place) ready;
  END IF;
  RETURN CAST(pg_current_xact_id() AS text);
END
$$;
