import * as names from '../envelope/headers.js';
import type { OutgoingRecord, StoredRecord } from '../transport/records.js';
import { failureHeaders, originalHeaders, textHeader, type History } from './failed-event.js';

/** How a record is to wait in a tier. Times are milliseconds since 1970. */
export interface Wait {
  readonly now: number;
  /** The tier's delay. */
  readonly tierMs: number;
  /** What is left to wait after this tier. */
  readonly remainingMs: number;
  readonly unknownSince: number | null;
}

/** The copy of an event that waits in a retry tier: original key, bytes and headers, and what the handler needs to go on. */
export function retryRecord(
  record: StoredRecord,
  handlerId: string,
  group: string,
  history: History,
  error: Error | null,
  wait: Wait,
): OutgoingRecord {
  return {
    key: record.key,
    value: record.value,
    headers: [
      ...originalHeaders(record),
      ...failureHeaders(handlerId, group, history, error ? wait.now : history.firstFailedAt, error),
      textHeader(names.DUE, wait.now + wait.tierMs),
      textHeader(names.REMAINING, Math.max(0, wait.remainingMs)),
      ...(wait.unknownSince === null ? [] : [textHeader(names.UNKNOWN_SINCE, wait.unknownSince)]),
    ],
  };
}
