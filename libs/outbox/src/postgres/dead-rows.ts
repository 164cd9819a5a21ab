import type { RelayStore } from '@tramline/core/outbox';
import { errorText, inMs, numberArray, type PostgresContext } from './context.js';
import { fence, fenceParams, given, givenParams, isGiven } from './fence.js';
import { rowReader, ROW_COLUMNS } from './rows.js';

/** Rows that can never be sent: they lie aside until somebody releases or deletes them. */
export function deadRows<Tx>(
  context: PostgresContext<Tx>,
): Pick<RelayStore, 'bury' | 'dead' | 'revive' | 'discard'> {
  const { names } = context;
  // What waits behind them goes on: with the row its hold goes too.
  const bury = `WITH ${fence(names, 1)}, ${given(3)},
    buried AS (UPDATE ${names.outbox} o SET state = 1, last_error = $5::text, settled_at = clock_timestamp()
      FROM given WHERE ${isGiven} RETURNING o.id)
    DELETE FROM ${names.held} h USING buried WHERE h.row_id = buried.id`;
  const list = `SELECT ${ROW_COLUMNS}, o.last_error, ${inMs('clock_timestamp() - o.created_at')} AS age
    FROM ${names.outbox} o WHERE o.state = 1 AND o.id > $1::bigint ORDER BY o.id LIMIT $2::integer`;
  const columns = 'event_id, type, topic, key, partition, bucket, headers, payload';
  // New rows like those of any writer: the relay must see this transaction before their ids are drawn.
  const revive = `WITH outbox_lock AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(${names.lockClass}, 0)),
    gone AS (DELETE FROM ${names.outbox} WHERE state = 1 AND id = ANY ($1::text::bigint[]) RETURNING id AS place, ${columns}),
    back AS (INSERT INTO ${names.outbox} (id, ${columns})
      SELECT ${names.nextId}, ${columns} FROM (
        SELECT * FROM gone WHERE (SELECT count(*) FROM outbox_lock) = 1 ORDER BY place) ready RETURNING 1)
    SELECT count(*) AS moved FROM back`;
  const discard = `WITH gone AS (DELETE FROM ${names.outbox} WHERE state = 1 AND id = ANY ($1::text::bigint[]) RETURNING 1)
    SELECT count(*) AS gone FROM gone`;

  return {
    async bury(leases, rows, error) {
      if (rows.length === 0) return;
      await context.query(
        'relay',
        bury,
        ...fenceParams(leases, rows),
        ...givenParams(rows),
        errorText(error),
      );
    },

    async dead(after, limit) {
      const rows = await context.query('relay', list, after, limit);
      const read = rowReader();
      return rows.map((row) => ({
        ...read(row),
        error: (row['last_error'] as string | null) ?? '',
        ageMs: Math.max(0, Number(row['age'])),
      }));
    },

    async revive(rowIds) {
      const [row] = await context.query('relay', revive, numberArray(rowIds));
      return Number(row!['moved']);
    },

    async discard(rowIds) {
      const [row] = await context.query('relay', discard, numberArray(rowIds));
      return Number(row!['gone']);
    },
  };
}
