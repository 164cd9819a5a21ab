import type { StoredRecord, TopicPartition } from '@tramline/core';
import { readHeaders } from './headers.js';

/** Records read from one partition, as the worker hands them over: four buffers, however many records. */
export interface StoredBatch {
  /** Five numbers a record: offset, timestamp, lengths of key, headers and value (-1 for null). */
  readonly layout: Float64Array<ArrayBuffer>;
  readonly keys: ArrayBuffer;
  readonly headers: ArrayBuffer;
  readonly values: ArrayBuffer;
  /** Where reading goes on. */
  readonly nextOffset: number;
}

export const LAYOUT_WIDTH = 5;

/** What of a batch changes hands with the message. */
export function transferables({ layout, keys, headers, values }: StoredBatch): ArrayBuffer[] {
  return [layout.buffer, keys, headers, values];
}

/** The records; their bytes are views of the batch's buffers. */
export function unpackStored(batch: StoredBatch, { topic, partition }: TopicPartition): StoredRecord[] {
  const { layout, keys, values } = batch;
  const headers = Buffer.from(batch.headers);
  const records: StoredRecord[] = [];
  let keyAt = 0;
  let headersAt = 0;
  let valueAt = 0;
  for (let at = 0; at < layout.length; at += LAYOUT_WIDTH) {
    const keyLength = layout[at + 2]!;
    const headersEnd = headersAt + layout[at + 3]!;
    const valueLength = layout[at + 4]!;
    records.push({
      topic,
      partition,
      offset: layout[at]!,
      timestamp: layout[at + 1]!,
      key: keyLength < 0 ? null : new Uint8Array(keys, keyAt, keyLength),
      value: valueLength < 0 ? null : new Uint8Array(values, valueAt, valueLength),
      headers: readHeaders(headers, headersAt, headersEnd),
    });
    if (keyLength > 0) keyAt += keyLength;
    if (valueLength > 0) valueAt += valueLength;
    headersAt = headersEnd;
  }
  return records;
}
