import type { RelayStore } from '@tramline/core/outbox';
import { json, type SqliteContext } from './context.js';
import { NOW } from './names.js';
import { rowReader, ROW_COLUMNS } from './rows.js';
import { fence, leased } from './fence.js';

/** Rows on their way: what is next, and what has arrived. */
export function pending<Tx>({
  client,
  names,
}: SqliteContext<Tx>): Pick<RelayStore, 'horizon' | 'pending' | 'settle' | 'purge'> {
  // By sizes first, which SQLite knows without reading the bytes: a page of large rows is not read to be thrown away.
  // INDEXED BY: without statistics SQLite would rather walk the table, over everything that lies aside.
  const page = `SELECT ${ROW_COLUMNS} FROM (
      SELECT id, sum(bytes) OVER (ORDER BY id) - bytes AS before FROM (
        SELECT o.id, coalesce(length(o.payload), 0) + coalesce(length(o.key), 0) + length(o.headers) AS bytes
        FROM ${names.outbox} o INDEXED BY ${names.pending}
        WHERE o.state = 0 AND o.id > ? AND o.bucket IN (SELECT value FROM json_each(?))
          AND NOT EXISTS (SELECT 1 FROM ${names.held} h WHERE h.row_id = o.id)
          AND NOT EXISTS (SELECT 1 FROM ${names.held} h WHERE h.topic = o.topic AND h.key = o.key)
        ORDER BY o.id LIMIT ?)
    ) p JOIN ${names.outbox} o ON o.id = p.id
    WHERE p.before < ? ORDER BY o.id`;

  const arrived = `SELECT o.id FROM json_each(?) r CROSS JOIN ${names.outbox} o
    ON o.id = r.value->>0 AND o.event_id = r.value->>1
    WHERE o.state = 0 AND o.bucket IN ${leased(names)}`;
  const remove = `DELETE FROM ${names.outbox} WHERE id IN (${arrived}) RETURNING id`;
  const mark = `UPDATE ${names.outbox} SET state = 2, settled_at = ${NOW} WHERE id IN (${arrived}) RETURNING id`;

  const purge = `DELETE FROM ${names.outbox} WHERE id IN (
      SELECT id FROM ${names.outbox} WHERE state = 2 AND settled_at < ${NOW} - ? ORDER BY settled_at LIMIT ?
    ) RETURNING id`;

  return {
    async horizon() {
      const sql = 'SELECT seq FROM sqlite_sequence WHERE name = ?';
      const [row] = await client.query(sql, [names.sequence]);
      // One writer at a time: whoever drew an id that can be seen here has ended.
      return { drawn: Number(row?.seq ?? 0), writers: [] };
    },

    async pending({ buckets, after, limit, maxBytes }) {
      const rows = await client.query(page, [after, json(buckets), limit, maxBytes]);
      return rows.map(rowReader());
    },

    async settle(leases, rows, keep) {
      if (rows.length === 0) return 0;
      const params = [json(rows.map(({ rowId, id }) => [rowId, id])), fence(leases)];
      return (await client.query(keep ? mark : remove, params)).length;
    },

    async purge(olderThanMs, limit) {
      return (await client.query(purge, [olderThanMs, limit])).length;
    },
  };
}
