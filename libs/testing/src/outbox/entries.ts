import { randomUUID } from 'node:crypto';
import type { OutboxEntry } from '@tramline/core/outbox';
import type { OutgoingRecord } from '@tramline/core';

/** An event of a key (null: none), with a value that says which it is. */
export function entry(key: string | null, value = 'x', also: Partial<OutboxEntry> = {}): OutboxEntry {
  const record: OutgoingRecord = {
    key: key === null ? null : Buffer.from(key),
    value: Buffer.from(value),
    headers: [['ce_id', Buffer.from(value)]],
  };
  return { id: randomUUID(), type: 'suite.happened', topic: 'suite', partition: undefined, record, ...also };
}

/** One event for each value, all of one key. */
export function entries(key: string | null, values: readonly (string | number)[]): OutboxEntry[] {
  return values.map((value) => entry(key, String(value)));
}

/** What was given to `entry` as value. */
export function valueOf({ record }: Pick<OutboxEntry, 'record'>): string {
  return Buffer.from(record.value ?? []).toString();
}

/** Values of rows, in their order. */
export function values(rows: readonly Pick<OutboxEntry, 'record'>[]): string[] {
  return rows.map(valueOf);
}

/** Whole numbers from `first` on. */
export function numbers(count: number, first = 0): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
