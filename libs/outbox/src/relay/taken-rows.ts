import { recordBytes, type Clock } from '@tramline/core';
import type { OutboxRow } from '@tramline/core/outbox';
import type { Taken } from './outcomes.js';
import { RELAY } from './settings.js';

/** What a row takes. Not the row itself: what was in a Map may survive for long after it left (docs/decisions/0060). */
interface Room {
  readonly bytes: number;
  readonly bucket: number;
}

/** All rows that a relay has in memory: queued, flying, or with an end that the table does not know yet. */
export class TakenRows {
  private readonly rows = new Map<number, Room>();
  private total = 0;

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.rows.size;
  }

  /** What they take in memory, about. */
  get bytes(): number {
    return this.total;
  }

  /** Whether there are so many that no further page should be read. */
  get full(): boolean {
    return this.rows.size >= RELAY.takenRows || this.total >= RELAY.takenBytes;
  }

  has({ rowId }: OutboxRow): boolean {
    return this.rows.has(rowId);
  }

  /** How many of them have a higher id, and what they take. */
  beyond(rowId: number): { readonly size: number; readonly bytes: number } {
    let size = 0;
    let bytes = 0;
    for (const [taken, room] of this.rows) {
      if (taken <= rowId) continue;
      size++;
      bytes += room.bytes;
    }
    return { size, bytes };
  }

  /** Something of this bucket is here. */
  of(bucket: number): boolean {
    for (const room of this.rows.values()) if (room.bucket === bucket) return true;
    return false;
  }

  take(row: OutboxRow): Taken {
    const bytes = recordBytes(row.record) + RELAY.frameBytes;
    this.rows.set(row.rowId, { bytes, bucket: row.bucket });
    this.total += bytes;
    return { row, bytes, readAt: this.clock.monotonic() };
  }

  /** Their end is known, or they are as if they had never been read. */
  ended(rows: readonly OutboxRow[]): void {
    for (const { rowId } of rows) {
      this.total -= this.rows.get(rowId)?.bytes ?? 0;
      this.rows.delete(rowId);
    }
  }
}
