import type { Origin } from '../consume/event-context.js';
import type { StoredRecord } from '../transport/records.js';
import { ORIGIN_OFFSET, ORIGIN_PARTITION, ORIGIN_TIMESTAMP, ORIGIN_TOPIC } from './headers.js';
import { textOf } from './text.js';

type WithHeaders = Pick<StoredRecord, 'headers' | 'header'>;

/** The value of a header; of a name given twice the last. undefined when it is absent or null. */
export function headerBytes(record: WithHeaders, name: string): Uint8Array | undefined {
  if (record.header) return record.header(name);
  const { headers } = record;
  for (let index = headers.length - 1; index >= 0; index--) {
    const header = headers[index]!;
    if (header[0] === name && header[1] !== null) return header[1];
  }
  return undefined;
}

/** As {@link headerBytes}, as text. */
export function headerText(record: WithHeaders, name: string): string | undefined {
  const bytes = headerBytes(record, name);
  return bytes && textOf(bytes);
}

/** Where the event of a record was published first: what a copy in a tier or dead-letter topic says, else the record itself. */
export function originOf(record: StoredRecord): Origin {
  const topic = headerText(record, ORIGIN_TOPIC);
  if (topic === undefined) return record;
  const number = (name: string) => Number(headerText(record, name));
  const origin: Origin = {
    topic,
    partition: number(ORIGIN_PARTITION),
    offset: number(ORIGIN_OFFSET),
    timestamp: number(ORIGIN_TIMESTAMP),
  };
  // Anybody may write such headers; half an origin is none.
  const { partition, offset, timestamp } = origin;
  return Number.isInteger(partition) && Number.isInteger(offset) && Number.isFinite(timestamp)
    ? origin
    : record;
}
