import type { RelayStore } from '@tramline/core/outbox';
import { batch, json, statement, type SqliteContext } from './context.js';
import { fence, leased } from './fence.js';
import { NOW } from './names.js';
import { rowReader, ROW_COLUMNS } from './rows.js';

/** Rows that can never be sent: they lie aside until somebody releases or deletes them. */
export function deadRows<Tx>(
  context: SqliteContext<Tx>,
): Pick<RelayStore, 'bury' | 'dead' | 'revive' | 'discard'> {
  const { client, names } = context;
  const bury = `UPDATE ${names.outbox} SET state = 1, last_error = ?, settled_at = ${NOW}
    WHERE id IN (
      SELECT o.id FROM json_each(?) r CROSS JOIN ${names.outbox} o ON o.id = r.value->>0 AND o.event_id = r.value->>1
      WHERE o.state = 0 AND o.bucket IN ${leased(names)})`;
  // What waits behind them goes on.
  const free = `DELETE FROM ${names.held} WHERE row_id IN (SELECT value->>0 FROM json_each(?))
    AND bucket IN ${leased(names)}`;
  const list = `SELECT ${ROW_COLUMNS}, o.last_error, ${NOW} - o.created_at AS age
    FROM ${names.outbox} o INDEXED BY ${names.dead} WHERE o.state = 1 AND o.id > ? ORDER BY o.id LIMIT ?`;
  const named = `state = 1 AND id IN (SELECT value FROM json_each(?))`;
  const columns = 'event_id, type, topic, key, partition, bucket, headers, payload';
  const revive = `INSERT INTO ${names.outbox} (${columns}, created_at)
    SELECT ${columns}, ${NOW} FROM ${names.outbox} WHERE ${named} ORDER BY id RETURNING id`;
  const discard = `DELETE FROM ${names.outbox} WHERE ${named} RETURNING id`;

  return {
    async bury(leases, rows, error) {
      if (rows.length === 0) return;
      const which = [json(rows.map(({ rowId, id }) => [rowId, id])), fence(leases)] as const;
      await batch(context, [statement(bury, error, ...which), statement(free, ...which)]);
    },

    async dead(after, limit) {
      const rows = await client.query(list, [after, limit]);
      const read = rowReader();
      return rows.map((row) => ({
        ...read(row),
        error: row.last_error as string,
        ageMs: Math.max(0, Number(row.age)),
      }));
    },

    async revive(rowIds) {
      const ids = json(rowIds);
      const [back] = await batch(context, [statement(revive, ids), statement(discard, ids)]);
      return back!.length;
    },

    async discard(rowIds) {
      return (await client.query(discard, [json(rowIds)])).length;
    },
  };
}
