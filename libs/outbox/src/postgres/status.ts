import type { OutboxBlocker, OutboxStatus, RelayStore } from '@tramline/core/outbox';
import type { Row } from '../sql/sql-client.js';
import { inMs, type PostgresContext } from './context.js';
import { isWriter } from './horizon.js';

/** How the outbox stands. */
export function status<Tx>(context: PostgresContext<Tx>): Pick<RelayStore, 'status'> {
  const { names } = context;
  // The lowest id stands for the oldest row; looking at the time of each would read the whole backlog.
  const counts = `WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now)
    SELECT
    (SELECT count(*) FROM ${names.outbox} WHERE state = 0) AS pending,
    (SELECT ${inMs('clock.now - o.created_at')} FROM clock, (
      SELECT created_at FROM ${names.outbox} WHERE state = 0 ORDER BY id LIMIT 1) o) AS oldest,
    (SELECT count(*) FROM ${names.scheduled}, clock WHERE due_at <= clock.now) AS due,
    (SELECT ${inMs('max(clock.now) - min(due_at)')} FROM ${names.scheduled}, clock WHERE due_at <= clock.now) AS oldest_due,
    (SELECT count(*) FROM ${names.scheduled}, clock WHERE due_at > clock.now) AS scheduled,
    (SELECT count(*) FROM ${names.held}) AS held,
    (SELECT count(*) FROM ${names.outbox} WHERE state = 1) AS dead`;
  const relays = `SELECT r.owner, (SELECT count(*) FROM ${names.lease} l
      WHERE l.owner = r.owner AND l.expires_at > clock_timestamp()) AS buckets
    FROM ${names.relay} r WHERE r.expires_at > clock_timestamp() ORDER BY r.owner`;
  // Of another user's transaction one sees nothing but the process, unless one may read all statistics.
  const blocker = `SELECT a.pid, coalesce(${inMs('clock_timestamp() - a.xact_start')}, 0) AS age,
      a.application_name, ${inMs(`a.query_start - 'epoch'::timestamptz`)} AS query_started
    FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE ${isWriter(names.lockClass)} ORDER BY a.xact_start NULLS LAST LIMIT 1`;

  return {
    async status(): Promise<OutboxStatus> {
      const [row] = await context.query('relay', counts);
      const owners = await context.query('relay', relays);
      const [holder] = await context.query('relay', blocker);
      const { pending, oldest, due, oldest_due: oldestDue, scheduled, held, dead } = row!;
      const ages = [oldest, oldestDue].filter((age) => age !== null && age !== undefined).map(Number);
      return {
        backlog: Number(pending) + Number(due),
        oldestMs: ages.length > 0 ? Math.max(0, ...ages) : null,
        scheduled: Number(scheduled),
        held: Number(held),
        dead: Number(dead),
        relays: owners.map(({ owner, buckets }) => ({ owner: owner as string, buckets: Number(buckets) })),
        blocker: holder === undefined ? null : blockerOf(holder),
      };
    },
  };
}

function blockerOf(row: Row): OutboxBlocker {
  const started = row['query_started'];
  return {
    pid: Number(row['pid']),
    ageMs: Math.max(0, Number(row['age'])),
    application: (row['application_name'] as string | null) ?? '',
    queryStartedAt: started === null || started === undefined ? null : new Date(Number(started)),
  };
}
