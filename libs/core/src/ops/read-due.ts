import { readWaiting } from '../failure/failed-event.js';
import type { StoredRecord } from '../transport/records.js';

/**
 * When the tier lets a record go, milliseconds since 1970. What was redriven or is replayed is due at once: it is written with 0,
 * so that no clock but the consumer's holds it back, and is told as due since it was written.
 */
export function readDue(record: StoredRecord): number {
  return Math.max(readWaiting(record).due, record.timestamp);
}
