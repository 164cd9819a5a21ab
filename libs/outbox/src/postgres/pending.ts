import type { RelayStore } from '@tramline/core/outbox';
import { numberArray, textArray, type PostgresContext } from './context.js';
import { fence, fenceParams } from './fence.js';
import { outboxRow, ROW_COLUMNS } from './rows.js';

/** Rows on their way: what is next, and what has arrived. */
export function pending<Tx>(context: PostgresContext<Tx>): Pick<RelayStore, 'pending' | 'settle' | 'purge'> {
  const { names } = context;
  // Sizes are known without reading the bytes, which lie apart when they are many.
  const page = `SELECT ${ROW_COLUMNS} FROM (
      SELECT n.*, sum(n.bytes) OVER (ORDER BY n.id ROWS UNBOUNDED PRECEDING) - n.bytes AS before FROM (
        SELECT ${ROW_COLUMNS},
          coalesce(octet_length(o.payload), 0) + coalesce(octet_length(o.key), 0) + octet_length(o.headers) AS bytes
        FROM ${names.outbox} o
        WHERE o.state = 0 AND o.id > $1::bigint AND o.bucket = ANY ($2::text::integer[])
          AND NOT EXISTS (SELECT 1 FROM ${names.held} h WHERE h.row_id = o.id)
          AND NOT EXISTS (SELECT 1 FROM ${names.held} h WHERE h.topic = o.topic AND h.key = o.key)
        ORDER BY o.id LIMIT $3::integer) n
    ) o WHERE o.before < $4::bigint ORDER BY o.id`;

  const arrived = `WITH ${fence(names, 1)},
    given AS MATERIALIZED (SELECT * FROM unnest($3::text::bigint[], $4::text::text[]) AS g (id, event_id)),
    settled AS (`;
  const which = `FROM given, fence
      WHERE o.id = given.id AND o.event_id = given.event_id AND o.bucket = fence.bucket AND o.state = 0 RETURNING 1)
    SELECT count(*) AS settled FROM settled`;
  const remove = `${arrived}DELETE FROM ${names.outbox} o USING ${which.slice('FROM '.length)}`;
  const mark = `${arrived}UPDATE ${names.outbox} o SET state = 2, settled_at = clock_timestamp() ${which}`;

  const purge = `WITH gone AS (DELETE FROM ${names.outbox} WHERE id IN (
      SELECT id FROM ${names.outbox}
      WHERE state = 2 AND settled_at < clock_timestamp() - $1::bigint * interval '1 millisecond'
      ORDER BY settled_at LIMIT $2::integer FOR UPDATE SKIP LOCKED) RETURNING 1)
    SELECT count(*) AS gone FROM gone`;

  return {
    async pending({ buckets, after, limit, maxBytes }) {
      const params = [after, numberArray(buckets), limit, Math.ceil(maxBytes)];
      return (await context.query('relay', page, ...params)).map(outboxRow);
    },

    async settle(leases, rows, keep) {
      if (rows.length === 0) return 0;
      const params = [
        ...fenceParams(leases, rows),
        numberArray(rows.map(({ rowId }) => rowId)),
        textArray(rows.map(({ id }) => id)),
      ];
      const [row] = await context.query('relay', keep ? mark : remove, ...params);
      return Number(row!['settled']);
    },

    async purge(olderThanMs, limit) {
      const rows = await context.query('relay', purge, Math.ceil(olderThanMs), limit);
      return Number(rows[0]!['gone']);
    },
  };
}
