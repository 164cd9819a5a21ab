import type { RelayStore } from '@tramline/core/outbox';
import { numberArray, type PostgresContext } from './context.js';
import { fenceParams, givenParams } from './fence.js';
import { rowReader, ROW_COLUMNS } from './rows.js';

/** Rows on their way: what is next, and what has arrived. */
export function pending<Tx>(context: PostgresContext<Tx>): Pick<RelayStore, 'pending' | 'settle' | 'purge'> {
  const { names } = context;
  const page = `SELECT ${ROW_COLUMNS}
    FROM ${names.pending}($1::bigint, $2::text::integer[], $3::integer, $4::bigint) AS o ORDER BY o.id`;

  const settle = `SELECT ${names.settle}(
    $1::text::integer[], $2::text::bigint[], $3::text::bigint[], $4::text::text[], $5::boolean) AS settled`;

  const purge = `WITH gone AS (DELETE FROM ${names.outbox} WHERE id IN (
      SELECT id FROM ${names.outbox}
      WHERE state = 2 AND settled_at < clock_timestamp() - $1::bigint * interval '1 millisecond'
      ORDER BY settled_at LIMIT $2::integer FOR UPDATE SKIP LOCKED) RETURNING 1)
    SELECT count(*) AS gone FROM gone`;

  return {
    async pending({ buckets, after, limit, maxBytes }) {
      const params = [after, numberArray(buckets), limit, Math.ceil(maxBytes)];
      return (await context.query('relay', page, ...params)).map(rowReader());
    },

    async settle(leases, rows, keep) {
      if (rows.length === 0) return 0;
      const params = [...fenceParams(leases, rows), ...givenParams(rows), keep];
      const [row] = await context.query('relay', settle, ...params);
      return Number(row!['settled']);
    },

    async purge(olderThanMs, limit) {
      const rows = await context.query('relay', purge, Math.ceil(olderThanMs), limit);
      return Number(rows[0]!['gone']);
    },
  };
}
