import type { RelayStore } from '@tramline/core/outbox';
import type { PostgresContext } from './context.js';

/** Rows that are not due yet. */
export function scheduled<Tx>(context: PostgresContext<Tx>): Pick<RelayStore, 'promote'> {
  const { names } = context;
  // Rounded up: 0 says that a row is due, and not that it soon will be.
  const next = `SELECT ceil(extract(epoch FROM min(due_at) - clock_timestamp()) * 1000)::bigint AS due_in
    FROM ${names.scheduled}`;
  const columns = 'event_id, type, topic, key, partition, bucket, headers, payload';
  // No key locks: delayed rows have no order. The lock of the outbox, so that the relay sees this before ids are drawn.
  const move = `WITH outbox_lock AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(${names.lockClass}, 0)),
    due AS (DELETE FROM ${names.scheduled} WHERE id IN (
      SELECT id FROM ${names.scheduled} WHERE due_at <= clock_timestamp() AND (SELECT count(*) FROM outbox_lock) = 1
      ORDER BY due_at, id LIMIT $1::integer FOR UPDATE SKIP LOCKED) RETURNING due_at, id AS place, ${columns}),
    moved AS (INSERT INTO ${names.outbox} (id, created_at, ${columns})
      SELECT ${names.nextId}, due_at, ${columns} FROM (SELECT * FROM due ORDER BY due_at, place) ready RETURNING 1)
    SELECT count(*) AS moved FROM moved`;

  const dueIn = async (): Promise<number | null> => {
    const [row] = await context.query('relay', next);
    const ms = row!['due_in'];
    return ms === null || ms === undefined ? null : Math.max(0, Number(ms));
  };

  return {
    async promote(limit) {
      // Mostly nothing is due, and this question costs least.
      const nextInMs = await dueIn();
      if (nextInMs !== 0) return { moved: 0, nextInMs };
      const [row] = await context.query('relay', move, limit);
      return { moved: Number(row!['moved']), nextInMs: await dueIn() };
    },
  };
}
