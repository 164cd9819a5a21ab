import type { RelayStore } from '@tramline/core/outbox';
import { batch, json, statement, type SqliteContext } from './context.js';
import { fence, leased } from './fence.js';
import { NOW } from './names.js';

/** Keys that wait after a failure. */
export function holds<Tx>(context: SqliteContext<Tx>): Pick<RelayStore, 'hold' | 'holds' | 'lift'> {
  const { client, names } = context;
  const failed = `SELECT o.* FROM json_each(?) r CROSS JOIN ${names.outbox} o
    ON o.id = r.value->>0 AND o.event_id = r.value->>1
    WHERE o.state = 0 AND o.bucket IN ${leased(names)}`;
  // `WHERE true`: without it SQLite takes ON for that of a join.
  const hold = `INSERT INTO ${names.held} (row_id, bucket, topic, key, until)
    SELECT f.id, f.bucket, f.topic, f.key, ${NOW} + ? FROM (${failed}) f WHERE true ORDER BY f.id
    ON CONFLICT (topic, key) WHERE key IS NOT NULL DO UPDATE SET until = excluded.until
    ON CONFLICT (row_id) DO UPDATE SET until = excluded.until`;
  const remember = `UPDATE ${names.outbox} SET attempts = attempts + 1, last_error = ?
    WHERE id IN (SELECT id FROM (${failed}))`;
  const list = `SELECT row_id, bucket, until, until - ${NOW} AS due_in FROM ${names.held}
    WHERE bucket IN (SELECT value FROM json_each(?)) ORDER BY row_id`;
  const lift = `DELETE FROM ${names.held} WHERE (row_id, until) IN (SELECT value->>0, value->>1 FROM json_each(?))
    AND bucket IN ${leased(names)}`;

  return {
    async hold(leases, rows, forMs, failure) {
      if (rows.length === 0) return;
      const which = [json(rows.map(({ rowId, id }) => [rowId, id])), fence(leases)] as const;
      await batch(context, [
        statement(hold, Math.ceil(forMs), ...which),
        ...(failure === null ? [] : [statement(remember, failure, ...which)]),
      ]);
    },

    async holds(buckets) {
      const rows = await client.query(list, [json(buckets)]);
      return rows.map((row) => ({
        rowId: Number(row.row_id),
        bucket: Number(row.bucket),
        dueInMs: Number(row.due_in),
        until: Number(row.until),
      }));
    },

    async lift(leases, given) {
      await client.query(lift, [json(given.map(({ rowId, until }) => [rowId, until])), fence(leases)]);
    },
  };
}
