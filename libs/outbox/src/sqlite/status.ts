import type { RelayStore } from '@tramline/core/outbox';
import type { SqliteContext } from './context.js';
import { NOW } from './names.js';

/** How the outbox stands. */
export function status<Tx>({ client, names }: SqliteContext<Tx>): Pick<RelayStore, 'status'> {
  // The lowest id stands for the oldest row; looking at the time of each would read the whole backlog.
  const counts = `SELECT
    (SELECT count(*) FROM ${names.outbox} INDEXED BY ${names.pending} WHERE state = 0) AS pending,
    (SELECT ${NOW} - created_at FROM ${names.outbox} INDEXED BY ${names.pending} WHERE state = 0
      ORDER BY id LIMIT 1) AS oldest,
    (SELECT count(*) FROM ${names.scheduled} WHERE due_at <= ${NOW}) AS due,
    (SELECT ${NOW} - min(due_at) FROM ${names.scheduled} WHERE due_at <= ${NOW}) AS oldest_due,
    (SELECT count(*) FROM ${names.scheduled} WHERE due_at > ${NOW}) AS scheduled,
    (SELECT count(*) FROM ${names.held}) AS held,
    (SELECT count(*) FROM ${names.outbox} INDEXED BY ${names.dead} WHERE state = 1) AS dead`;
  const relays = `SELECT r.owner, count(l.bucket) AS buckets FROM ${names.relay} r
    LEFT JOIN ${names.lease} l ON l.owner = r.owner AND l.expires_at > ${NOW}
    WHERE r.expires_at > ${NOW} GROUP BY r.owner ORDER BY r.owner`;

  return {
    async status() {
      const [row] = await client.query(counts, []);
      const { pending, oldest, due, oldest_due: oldestDue, scheduled, held, dead } = row!;
      const ages = [oldest, oldestDue].filter((age) => age !== null).map(Number);
      return {
        backlog: Number(pending) + Number(due),
        oldestMs: ages.length > 0 ? Math.max(0, ...ages) : null,
        scheduled: Number(scheduled),
        held: Number(held),
        dead: Number(dead),
        relays: (await client.query(relays, [])).map(({ owner, buckets }) => ({
          owner: owner as string,
          buckets: Number(buckets),
        })),
        // A second writer waits before it has written anything: nobody keeps rows from being settled.
        blocker: null,
      };
    },
  };
}
