import type { OutgoingRecord } from '@tramline/core';
import { crc32c } from './crc32c.js';
import { varintSize, Writer } from './writer.js';

/** Records in the form in which they lie in a batch, and what the batch's head says of them. */
export interface EncodedRecords {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  /** Codec of `bytes`: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
  readonly codec: number;
}

/** By which the broker knows repeats. */
export interface Sequence {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly first: number;
}

/** @param now - timestamp of records without an own one */
export function encodeRecords(records: readonly OutgoingRecord[], now: number): EncodedRecords {
  const baseTimestamp = records[0]?.timestamp ?? now;
  let maxTimestamp = -1;
  const to = new Writer(records.reduce((sum, record) => sum + guessSize(record), 0));
  for (const [index, record] of records.entries()) {
    const timestamp = record.timestamp ?? now;
    maxTimestamp = Math.max(maxTimestamp, timestamp);
    writeRecord(record, index, timestamp - baseTimestamp, to);
  }
  return { bytes: to.take(), count: records.length, baseTimestamp, maxTimestamp, codec: 0 };
}

/** A whole batch (version 2), as it is sent. */
export function encodeBatch(records: EncodedRecords, { producerId, producerEpoch, first }: Sequence): Buffer {
  const checked = new Writer(records.bytes.byteLength + 40)
    .int16(records.codec)
    .int32(records.count - 1)
    .int64(records.baseTimestamp)
    .int64(records.maxTimestamp)
    .int64(producerId)
    .int16(producerEpoch)
    .int32(first)
    .int32(records.count)
    .raw(records.bytes)
    .take();
  return new Writer(checked.length + 21)
    .int64(0)
    .int32(checked.length + 9)
    .int32(-1)
    .int8(2)
    .uint32(crc32c(checked))
    .raw(checked)
    .take();
}

function writeRecord(record: OutgoingRecord, index: number, timestampDelta: number, to: Writer): void {
  const { key, value, headers } = record;
  const names = headers.map(([name]) => Buffer.byteLength(name));
  let size = 1 + varintSize(timestampDelta) + varintSize(index) + sizeOf(key) + sizeOf(value);
  size += varintSize(headers.length);
  for (const [at, [, content]] of headers.entries())
    size += varintSize(names[at]!) + names[at]! + sizeOf(content);
  to.varint(size).int8(0).varint(timestampDelta).varint(index).varintBytes(key).varintBytes(value);
  to.varint(headers.length);
  for (const [at, [name, content]] of headers.entries())
    to.varintString(name, names[at]!).varintBytes(content);
}

function sizeOf(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : varintSize(bytes.byteLength) + bytes.byteLength;
}

function guessSize({ key, value, headers }: OutgoingRecord): number {
  let size = 24 + (key?.byteLength ?? 0) + (value?.byteLength ?? 0);
  for (const [name, content] of headers) size += name.length + 6 + (content?.byteLength ?? 0);
  return size;
}
