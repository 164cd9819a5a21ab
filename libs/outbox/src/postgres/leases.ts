import type { Lease, RelayStore } from '@tramline/core/outbox';
import { fromNow, numberArray, type PostgresContext } from './context.js';

/**
 * Who relays which bucket. `clock_timestamp()` and not `now()`: a statement that had to wait for a lock would judge leases by
 * the time at which it began.
 */
export function leases<Tx>(
  context: PostgresContext<Tx>,
): Pick<RelayStore, 'beat' | 'claim' | 'release' | 'leave'> {
  const { names } = context;
  // The dead are passed over while another relay removes them: two that wait for each other would be a deadlock.
  const live = `WITH gone AS (DELETE FROM ${names.relay} WHERE owner IN (
      SELECT owner FROM ${names.relay} WHERE expires_at <= clock_timestamp() AND owner <> $1::text FOR UPDATE SKIP LOCKED))
    INSERT INTO ${names.relay} (owner, expires_at) VALUES ($2::text, ${fromNow('$3::bigint')})
    ON CONFLICT (owner) DO UPDATE SET expires_at = excluded.expires_at`;
  const renew = `WITH mine AS MATERIALIZED (SELECT bucket FROM ${names.lease}
      WHERE owner = $1::text AND expires_at > clock_timestamp() ORDER BY bucket FOR UPDATE),
    renewed AS (UPDATE ${names.lease} l SET expires_at = ${fromNow('$2::bigint')} FROM mine
      WHERE l.bucket = mine.bucket RETURNING l.bucket, l.epoch)
    SELECT (SELECT count(*) FROM ${names.lease}) AS buckets,
      (SELECT count(*) FROM ${names.relay} WHERE expires_at > clock_timestamp()) AS relays,
      (SELECT coalesce(json_agg(json_build_array(bucket, epoch) ORDER BY bucket), '[]')::text FROM renewed) AS leases`;
  const claim = `WITH free AS MATERIALIZED (
      SELECT bucket FROM ${names.lease} WHERE owner IS NULL OR expires_at <= clock_timestamp()
      ORDER BY bucket LIMIT $1::integer FOR UPDATE SKIP LOCKED)
    UPDATE ${names.lease} l SET owner = $2::text, epoch = l.epoch + 1, expires_at = ${fromNow('$3::bigint')}
    FROM free WHERE l.bucket = free.bucket RETURNING l.bucket, l.epoch`;
  const release = `WITH mine AS MATERIALIZED (
      SELECT l.bucket FROM ${names.lease} l
      JOIN unnest($1::text::integer[], $2::text::bigint[]) AS given (bucket, epoch)
        ON l.bucket = given.bucket AND l.epoch = given.epoch
      ORDER BY l.bucket FOR UPDATE OF l)
    UPDATE ${names.lease} l SET owner = NULL, expires_at = NULL FROM mine WHERE l.bucket = mine.bucket`;
  const leave = `DELETE FROM ${names.relay} WHERE owner = $1::text`;

  return {
    async beat(owner, leaseMs) {
      const ms = Math.ceil(leaseMs);
      // Two statements, so that of relays that come at the same time the last one counts all.
      await context.query('relay', live, owner, owner, ms);
      const [row] = await context.query('relay', renew, owner, ms);
      const renewed = JSON.parse(row!['leases'] as string) as [bucket: number, epoch: number][];
      return {
        relays: Number(row!['relays']),
        buckets: Number(row!['buckets']),
        leases: renewed.map(([bucket, epoch]) => ({ bucket, epoch })),
      };
    },

    async claim(owner, count, leaseMs) {
      if (count <= 0) return [];
      const rows = await context.query('relay', claim, count, owner, Math.ceil(leaseMs));
      return rows.map((row): Lease => ({ bucket: Number(row['bucket']), epoch: Number(row['epoch']) }));
    },

    async release(given) {
      if (given.length === 0) return;
      const buckets = numberArray(given.map(({ bucket }) => bucket));
      await context.query('relay', release, buckets, numberArray(given.map(({ epoch }) => epoch)));
    },

    async leave(owner) {
      await context.query('relay', leave, owner);
    },
  };
}
