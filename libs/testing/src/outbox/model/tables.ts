import { createHash } from 'node:crypto';
import type { Effect, OutboxEntry, OutboxRow } from '@tramline/core/outbox';

/** A row of the outbox as it lies in the database. Times are the database's. */
export interface StoredRow extends OutboxRow {
  readonly state: 'pending' | 'dead' | 'sent';
  readonly createdAt: number;
  readonly settledAt: number;
  readonly error: string;
}

export interface ScheduledRow {
  readonly entry: OutboxEntry;
  readonly bucket: number;
  readonly createdAt: number;
  readonly dueAt: number;
}

export interface HeldKey {
  readonly rowId: number;
  readonly bucket: number;
  readonly until: number;
}

export interface LeaseRow {
  owner: string | null;
  epoch: number;
  expiresAt: number;
}

export interface InboxRow {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly position: number;
  readonly seenAt: number;
}

/** Everything that is committed. */
export class Tables {
  /** By row id. Commits come in any order: sort before use. */
  readonly outbox = new Map<number, StoredRow>();
  readonly scheduled = new Map<number, ScheduledRow>();
  readonly held = new Map<string, HeldKey>();
  readonly relays = new Map<string, number>();
  readonly inbox = new Map<string, InboxRow>();
  readonly leases: LeaseRow[];
  /** The sequence: not part of any transaction, and never set back. */
  drawn = 0;
  drawnScheduled = 0;

  constructor(buckets: number) {
    this.leases = Array.from({ length: buckets }, () => ({ owner: null, epoch: 0, expiresAt: 0 }));
  }

  get rows(): StoredRow[] {
    return [...this.outbox.values()].sort((one, two) => one.rowId - two.rowId);
  }

  /** Hash of topic and key, or of the event where there is no key. */
  bucketOf({ id, topic, record }: OutboxEntry): number {
    const hash = createHash('sha256').update(record.key === null ? id : keyName(topic, record.key));
    return hash.digest().readUInt32BE(0) % this.leases.length;
  }

  update(row: OutboxRow, change: Partial<StoredRow>): void {
    const stored = this.outbox.get(row.rowId);
    if (stored) this.outbox.set(row.rowId, { ...stored, ...change });
  }
}

/** What orders and holds have in common. */
export function keyName(topic: string, key: Uint8Array): string {
  return `${topic}\0${Buffer.from(key).toString('hex')}`;
}

/** By what a row is put on hold: its topic and key, or itself. */
export function holdName({ rowId, topic, record }: OutboxRow): string {
  return record.key === null ? `row ${rowId}` : keyName(topic, record.key);
}

export function effectNames({ group, handlerId, aliases, eventId }: Omit<Effect, 'origin'>): string[] {
  return [handlerId, ...aliases].map((id) => JSON.stringify([group, id, eventId]));
}
