import type { RelayStore } from '@tramline/core/outbox';
import { batch, json, statement, type SqliteContext } from './context.js';
import { NOW } from './names.js';

/** Rows that are not due yet. */
export function scheduled<Tx>(context: SqliteContext<Tx>): Pick<RelayStore, 'promote'> {
  const { client, names } = context;
  const columns = 'event_id, type, topic, key, partition, bucket, headers, payload';
  const due = `SELECT id FROM ${names.scheduled} WHERE due_at <= ${NOW} ORDER BY due_at, id LIMIT ?`;
  // Their age counts from when they were due: before, nobody waited for them.
  const move = `INSERT INTO ${names.outbox} (${columns}, created_at)
    SELECT ${columns}, due_at FROM ${names.scheduled}
    WHERE id IN (SELECT value FROM json_each(?)) ORDER BY due_at, id RETURNING id`;
  const remove = `DELETE FROM ${names.scheduled} WHERE id IN (SELECT value FROM json_each(?))`;
  const next = `SELECT min(due_at) - ${NOW} AS next_in FROM ${names.scheduled}`;

  return {
    async promote(limit) {
      // Read first, and write only when there is something: this is asked all day long. What another relay took in the
      // meantime is not there any more, and ids are not used again.
      const found = await client.query(due, [limit]);
      const ids = json(found.map(({ id }) => Number(id)));
      const moved =
        found.length > 0
          ? (await batch(context, [statement(move, ids), statement(remove, ids)]))[0]!.length
          : 0;
      const [row] = await client.query(next, []);
      const nextIn = row!.next_in;
      return { moved, nextInMs: nextIn === null ? null : Math.max(0, Number(nextIn)) };
    },
  };
}
