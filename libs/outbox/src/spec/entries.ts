import { randomUUID } from 'node:crypto';
import type { OutboxEntry } from '@tramline/core/outbox';

/** An event of a key; null: without one. */
export function entry(key: string | null, also: Partial<OutboxEntry> = {}): OutboxEntry {
  const record = {
    key: key === null ? null : Buffer.from(key),
    value: Buffer.from('{}'),
    headers: [['ce_type', Buffer.from('spec.happened')] as const],
  };
  return { id: randomUUID(), type: 'spec.happened', topic: 'spec', partition: undefined, record, ...also };
}
