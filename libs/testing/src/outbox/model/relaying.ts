import {
  type DeadRow,
  type Hold,
  type Lease,
  type OutboxRow,
  type OutboxStatus,
  type PendingRequest,
} from '@tramline/core/outbox';
import { recordBytes } from '@tramline/core';
import { holdName, type HeldKey, type StoredRow, type Tables } from './tables.js';

/** Pages, settles, holds and buries over the committed tables; each at once, as one statement. What changes rows answers which. */
export class Relaying {
  constructor(
    private readonly tables: Tables,
    private readonly now: () => number,
  ) {}

  pending({ buckets, after, limit, maxBytes }: PendingRequest): OutboxRow[] {
    const { rows, held } = this.tables;
    const page: OutboxRow[] = [];
    let bytes = 0;
    for (const row of rows) {
      if (page.length >= limit) break;
      if (row.rowId <= after || row.state !== 'pending' || !buckets.includes(row.bucket)) continue;
      if (held.has(holdName(row))) continue;
      bytes += recordBytes(row.record);
      if (page.length > 0 && bytes > maxBytes) break;
      page.push(plain(row));
    }
    return page;
  }

  settle(leases: readonly Lease[], rows: readonly OutboxRow[], keep: boolean): StoredRow[] {
    const mine = this.#owned(leases, rows).filter(({ state }) => state === 'pending');
    for (const row of mine) {
      if (keep) this.tables.update(row, { state: 'sent', settledAt: this.now() });
      else this.tables.outbox.delete(row.rowId);
    }
    return mine;
  }

  purge(olderThanMs: number, limit: number): number {
    const old = this.tables.rows.filter(
      ({ state, settledAt }) => state === 'sent' && settledAt < this.now() - olderThanMs,
    );
    for (const { rowId } of old.slice(0, limit)) this.tables.outbox.delete(rowId);
    return Math.min(old.length, limit);
  }

  hold(
    leases: readonly Lease[],
    rows: readonly OutboxRow[],
    forMs: number,
    failure: string | null,
  ): StoredRow[] {
    const until = this.now() + forMs;
    const mine = this.#owned(leases, rows);
    for (const row of mine) {
      const { rowId, bucket, attempts } = row;
      const name = holdName(row);
      this.tables.held.set(name, { rowId: this.tables.held.get(name)?.rowId ?? rowId, bucket, until });
      if (failure !== null) this.tables.update(row, { error: failure, attempts: attempts + 1 });
    }
    return mine;
  }

  holds(buckets: readonly number[]): Hold[] {
    return [...this.tables.held.values()]
      .filter(({ bucket }) => buckets.includes(bucket))
      .map(({ rowId, bucket, until }) => ({ rowId, bucket, until, dueInMs: until - this.now() }));
  }

  lift(leases: readonly Lease[], holds: readonly Hold[]): HeldKey[] {
    const mine = holds.filter(({ bucket }) => this.#owns(leases, bucket));
    const lifted = [...this.tables.held].filter(([, held]) =>
      mine.some(({ rowId, until }) => rowId === held.rowId && until === held.until),
    );
    for (const [name] of lifted) this.tables.held.delete(name);
    return lifted.map(([, held]) => held);
  }

  bury(leases: readonly Lease[], rows: readonly OutboxRow[], error: string): StoredRow[] {
    const mine = this.#owned(leases, rows).filter(({ state }) => state === 'pending');
    const { held } = this.tables;
    for (const row of mine) {
      this.tables.update(row, { state: 'dead', error, settledAt: this.now() });
      if (held.get(holdName(row))?.rowId === row.rowId) held.delete(holdName(row));
    }
    return mine;
  }

  dead(after: number, limit: number): DeadRow[] {
    return this.tables.rows
      .filter(({ rowId, state }) => state === 'dead' && rowId > after)
      .slice(0, limit)
      .map((row) => ({ ...plain(row), error: row.error, ageMs: this.now() - row.createdAt }));
  }

  discard(rowIds: readonly number[]): number {
    const dead = rowIds.filter((rowId) => this.tables.outbox.get(rowId)?.state === 'dead');
    return dead.filter((rowId) => this.tables.outbox.delete(rowId)).length;
  }

  status(): OutboxStatus {
    const { rows, scheduled, held, relays, leases } = this.tables;
    const now = this.now();
    const due = [...scheduled.values()].flatMap(({ dueAt }) => (dueAt <= now ? dueAt : []));
    const since = [...rows.flatMap(({ state, createdAt }) => (state === 'pending' ? createdAt : [])), ...due];
    return {
      backlog: since.length,
      oldestMs: since.length > 0 ? now - Math.min(...since) : null,
      scheduled: scheduled.size - due.length,
      held: held.size,
      dead: rows.filter(({ state }) => state === 'dead').length,
      relays: [...relays]
        .filter(([, expiresAt]) => expiresAt > now)
        .map(([owner]) => ({
          owner,
          buckets: leases.filter((lease) => lease.owner === owner && lease.expiresAt > now).length,
        })),
      blocker: null,
    };
  }

  /** Those of the rows that are what they were, in buckets that are still the caller's. */
  #owned(leases: readonly Lease[], rows: readonly OutboxRow[]): StoredRow[] {
    return rows.flatMap(({ rowId, id }) => {
      const row = this.tables.outbox.get(rowId);
      return row?.id === id && this.#owns(leases, row.bucket) ? row : [];
    });
  }

  #owns(leases: readonly Lease[], bucket: number): boolean {
    return leases.some(
      (lease) => lease.bucket === bucket && this.tables.leases[bucket]?.epoch === lease.epoch,
    );
  }
}

function plain({ rowId, bucket, attempts, id, type, topic, partition, record }: StoredRow): OutboxRow {
  return { rowId, bucket, attempts, id, type, topic, partition, record };
}
