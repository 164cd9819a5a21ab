import { OutboxError } from '@tramline/core';
import type { InboxStore } from '@tramline/core/outbox';
import { textArray, type PostgresContext } from './context.js';

/** What handlers with `once: true` have done. */
export function inbox<Tx>(context: PostgresContext<Tx>): InboxStore<Tx> {
  const { client, names, named } = context;

  // A row for every name that the handler has or had: so it also waits for processes that still run under an old one.
  // Sorted, as everybody locks them. The second time a position that lies elsewhere replaces the old one: it is the later.
  const remember = `WITH given AS MATERIALIZED (
      SELECT $1::text AS group_name, $2::text::text[] AS handlers, $3::text AS event_id,
        $4::text AS topic, $5::integer AS partition, $6::bigint AS position),
    seen AS (INSERT INTO ${names.inbox} AS i
        (group_name, handler, event_id, topic, partition, position, handled_at, seen_at)
      SELECT g.group_name, h.handler, g.event_id, g.topic, g.partition, g.position, clock_timestamp(), clock_timestamp()
      FROM given g, unnest(g.handlers) AS h (handler) ORDER BY h.handler
      ON CONFLICT (group_name, handler, event_id) DO UPDATE SET seen_at = clock_timestamp(),
        topic = excluded.topic, partition = excluded.partition,
        position = CASE WHEN i.topic = excluded.topic AND i.partition = excluded.partition
          THEN greatest(i.position, excluded.position) ELSE excluded.position END
      RETURNING i.xmax = 0 AS fresh)
    SELECT bool_and(fresh) AS fresh, pg_current_xact_id()::text AS xid FROM seen`;
  const transaction = `SELECT coalesce(pg_current_xact_id_if_assigned()::text, '') AS xid`;
  const forget = `WITH done AS MATERIALIZED (
      SELECT * FROM json_to_recordset($1::text::json) AS d (topic text, partition integer, "offset" bigint)),
    gone AS (DELETE FROM ${names.inbox} i USING (
        SELECT f.ctid FROM done d
        JOIN ${names.inbox} f ON f.topic = d.topic AND f.partition = d.partition AND f.position < d."offset"
        WHERE f.group_name = $2::text AND f.seen_at < clock_timestamp() - $3::bigint * interval '1 millisecond'
        LIMIT $4::integer FOR UPDATE OF f SKIP LOCKED
      ) old WHERE i.ctid = old.ctid RETURNING 1)
    SELECT count(*) AS gone FROM gone`;
  const known = `SELECT event_id FROM ${names.inbox}
    WHERE group_name = $1::text AND handler = $2::text AND event_id = ANY ($3::text::text[])`;
  const effects = `SELECT count(*) AS effects
    FROM json_to_recordset($1::text::json) AS r (topic text, partition integer, "from" bigint, "to" bigint)
    JOIN ${names.inbox} i ON i.topic = r.topic AND i.partition = r.partition
      AND i.position >= r."from" AND i.position < r."to"
    WHERE i.group_name = $2::text`;

  return {
    async remember(tx, { group, handlerId, aliases, eventId, origin }) {
      const fault = client.transactionFault(tx);
      if (fault !== undefined) throw new OutboxError('TRAMLINE_NO_TRANSACTION', fault);
      const handlers = textArray([...new Set([handlerId, ...aliases])]);
      const { topic, partition, offset } = origin;
      const [row] = await context.execute(
        'inbox',
        tx,
        remember,
        ...[group, handlers, eventId, topic, partition, offset],
      );
      named.set(tx as object, row!['xid'] as string);
      return row!['fresh'] as boolean;
    },

    async isOpen(tx) {
      if (client.transactionFault(tx) !== undefined) return false;
      const known = named.get(tx as object);
      // What was never written in has no name on the server, and nothing in it to lose.
      if (known === undefined) return true;
      const [row] = await context.execute('inbox', tx, transaction);
      return row!['xid'] === known;
    },

    async forget(group, committed, keepMs, limit) {
      const places = committed.map(({ topic, partition, offset }) => ({ topic, partition, offset }));
      const rows = await context.query(
        'inbox',
        forget,
        JSON.stringify(places),
        group,
        Math.ceil(keepMs),
        limit,
      );
      return Number(rows[0]!['gone']);
    },

    async known(group, handlerId, eventIds) {
      if (eventIds.length === 0) return new Set();
      const rows = await context.query('inbox', known, group, handlerId, textArray(eventIds));
      return new Set(rows.map((row) => row['event_id'] as string));
    },

    async effects(group, ranges) {
      const places = ranges.map(({ topic, partition, from, to }) => ({ topic, partition, from, to }));
      const rows = await context.query('inbox', effects, JSON.stringify(places), group);
      return Number(rows[0]!['effects']);
    },
  };
}
