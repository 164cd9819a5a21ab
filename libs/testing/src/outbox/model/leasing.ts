import type { Beat, Lease } from '@tramline/core/outbox';
import type { Tables } from './tables.js';

/** Who relays what, over the committed tables; each of these at once, as one statement. */
export class Leasing {
  constructor(
    private readonly tables: Tables,
    private readonly now: () => number,
  ) {}

  beat(owner: string, leaseMs: number): Beat {
    const now = this.now();
    const { relays, leases } = this.tables;
    relays.set(owner, now + leaseMs);
    const mine = leases.flatMap((lease, bucket) => {
      if (lease.owner !== owner || lease.expiresAt <= now) return [];
      lease.expiresAt = now + leaseMs;
      return { bucket, epoch: lease.epoch };
    });
    for (const lease of leases) {
      // What expired is lost for good, so that the next beat of its owner does not find it again.
      if (lease.owner === owner && lease.expiresAt <= now) lease.owner = null;
    }
    const alive = [...relays.values()].filter((expiresAt) => expiresAt > now).length;
    return { relays: alive, buckets: leases.length, leases: mine };
  }

  claim(owner: string, count: number, leaseMs: number): Lease[] {
    const now = this.now();
    const free = this.tables.leases
      .map((lease, bucket) => ({ lease, bucket }))
      .filter(({ lease }) => lease.owner === null || lease.expiresAt <= now)
      .slice(0, count);
    return free.map(({ lease, bucket }) => {
      lease.owner = owner;
      lease.epoch++;
      lease.expiresAt = now + leaseMs;
      return { bucket, epoch: lease.epoch };
    });
  }

  release(given: readonly Lease[]): void {
    for (const { bucket, epoch } of given) {
      const lease = this.tables.leases[bucket];
      if (lease?.epoch === epoch) lease.owner = null;
    }
  }

  leave(owner: string): void {
    this.tables.relays.delete(owner);
  }
}
