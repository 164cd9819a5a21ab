import type { Lease, RelayStore } from '@tramline/core/outbox';
import type { Row } from '../sql/sql-client.js';
import type { SqliteContext } from './context.js';
import { fence } from './fence.js';
import { NOW } from './names.js';

/**
 * Who relays which bucket. Each act is one statement, so that none of them holds SQLite's only write lock across a turn of
 * the event loop.
 */
export function leases<Tx>({
  client,
  names,
}: SqliteContext<Tx>): Pick<RelayStore, 'beat' | 'claim' | 'release' | 'leave'> {
  const live = `INSERT INTO ${names.relay} (owner, expires_at) VALUES (?, ${NOW} + ?)
    ON CONFLICT (owner) DO UPDATE SET expires_at = excluded.expires_at`;
  const bury = `DELETE FROM ${names.relay} WHERE expires_at <= ${NOW}`;
  const renew = `UPDATE ${names.lease} SET expires_at = ${NOW} + ?
    WHERE owner = ? AND expires_at > ${NOW} RETURNING bucket, epoch`;
  const count = `SELECT (SELECT count(*) FROM ${names.relay} WHERE expires_at > ${NOW}) AS relays,
    (SELECT count(*) FROM ${names.lease}) AS buckets`;
  const claim = `UPDATE ${names.lease} SET owner = ?, epoch = epoch + 1, expires_at = ${NOW} + ?
    WHERE bucket IN (
      SELECT bucket FROM ${names.lease} WHERE owner IS NULL OR expires_at <= ${NOW} ORDER BY bucket LIMIT ?
    ) RETURNING bucket, epoch`;
  const release = `UPDATE ${names.lease} SET owner = NULL, expires_at = 0
    WHERE (bucket, epoch) IN (SELECT value->>0, value->>1 FROM json_each(?))`;
  const leave = `DELETE FROM ${names.relay} WHERE owner = ?`;

  return {
    async beat(owner, leaseMs) {
      await client.query(bury, []);
      await client.query(live, [owner, leaseMs]);
      const renewed = await client.query(renew, [leaseMs, owner]);
      const [counted] = await client.query(count, []);
      return {
        relays: Number(counted!.relays),
        buckets: Number(counted!.buckets),
        leases: renewed.map(leaseOf),
      };
    },

    async claim(owner, limit, leaseMs) {
      if (limit <= 0) return [];
      return (await client.query(claim, [owner, leaseMs, limit])).map(leaseOf);
    },

    async release(given) {
      await client.query(release, [fence(given)]);
    },

    async leave(owner) {
      await client.query(leave, [owner]);
    },
  };
}

function leaseOf({ bucket, epoch }: Row): Lease {
  return { bucket: Number(bucket), epoch: Number(epoch) };
}
