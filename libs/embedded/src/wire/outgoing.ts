import type { OutgoingRecord } from '@tramline/core';
import { headerBytes, writeHeaders } from './headers.js';

/**
 * Records on their way to the worker, packed into one buffer that is handed over instead of copied: many small buffers
 * in one message cost several times as much. Per record: lengths of key, value (-1 for null) and headers (i32 each), the
 * timestamp (f64, NaN when the worker shall set it), then key, headers and value.
 */
const FIXED = 20;

/** Bytes that these records take when packed. */
export function packedBytes(records: readonly OutgoingRecord[]): number {
  let bytes = 0;
  for (const { key, value, headers } of records) {
    bytes += FIXED + (key?.byteLength ?? 0) + (value?.byteLength ?? 0) + headerBytes(headers);
  }
  return bytes;
}

/** Packs several appends one after another; `bytes` is the sum of their {@link packedBytes}. */
export function packRecords(appends: readonly (readonly OutgoingRecord[])[], bytes: number): ArrayBuffer {
  const packed = new ArrayBuffer(bytes);
  const into = Buffer.from(packed);
  let at = 0;
  for (const records of appends) for (const record of records) at = writeRecord(into, at, record);
  return packed;
}

function writeRecord(
  into: Buffer,
  start: number,
  { key, value, headers, timestamp }: OutgoingRecord,
): number {
  into.writeInt32LE(key ? key.byteLength : -1, start);
  into.writeInt32LE(value ? value.byteLength : -1, start + 4);
  into.writeDoubleLE(timestamp === undefined ? NaN : Math.round(timestamp), start + 12);
  let at = start + FIXED;
  if (key) {
    into.set(key, at);
    at += key.byteLength;
  }
  const headersAt = at;
  at = writeHeaders(into, at, headers);
  into.writeInt32LE(at - headersAt, start + 8);
  if (value) {
    into.set(value, at);
    at += value.byteLength;
  }
  return at;
}

export type InsertRecord = (
  timestamp: number,
  key: Uint8Array | null,
  headers: Uint8Array,
  value: Uint8Array | null,
) => void;

/** Calls `insert` for `count` records that begin at `at`, and answers where they end. The arrays are views. */
export function unpackRecords(
  from: Buffer,
  at: number,
  count: number,
  now: number,
  insert: InsertRecord,
): number {
  for (let index = 0; index < count; index++) {
    const keyLength = from.readInt32LE(at);
    const valueLength = from.readInt32LE(at + 4);
    const timestamp = from.readDoubleLE(at + 12);
    const keyAt = at + FIXED;
    const headersAt = keyAt + Math.max(0, keyLength);
    const valueAt = headersAt + from.readInt32LE(at + 8);
    at = valueAt + Math.max(0, valueLength);
    insert(
      Number.isNaN(timestamp) ? now : timestamp,
      keyLength < 0 ? null : from.subarray(keyAt, headersAt),
      from.subarray(headersAt, valueAt),
      valueLength < 0 ? null : from.subarray(valueAt, at),
    );
  }
  return at;
}
