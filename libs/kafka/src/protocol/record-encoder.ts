import type { OutgoingRecord } from '@tramline/core';
import { crc32c } from './crc32c.js';
import { HeaderEncoder } from './header-encoder.js';
import { sizeOf, varintSize, Writer } from './writer.js';

/** Bytes of a batch's head, and how many of them come before what its checksum covers. */
const HEAD = 61;
const UNCHECKED = 21;

/** Records in the form in which they lie in a batch, and what the batch's head says of them. */
export interface EncodedRecords {
  /** Room for the head, then the records. */
  readonly frame: Buffer;
  readonly count: number;
  readonly baseTimestamp: number;
  readonly maxTimestamp: number;
  /** Codec of the records: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
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
  const to = new Writer(HEAD + records.length * guessSize(records[0])).skip(HEAD);
  const headers = new HeaderEncoder();
  for (let index = 0; index < records.length; index++) {
    const record = records[index]!;
    const timestamp = record.timestamp ?? now;
    if (timestamp > maxTimestamp) maxTimestamp = timestamp;
    writeRecord(record, index, timestamp - baseTimestamp, headers, to);
  }
  return { frame: to.take(), count: records.length, baseTimestamp, maxTimestamp, codec: 0 };
}

/** The records alone, as they are compressed. */
export function recordsIn({ frame }: EncodedRecords): Buffer {
  return frame.subarray(HEAD);
}

/** The same records, compressed to `bytes`. */
export function withCodec(records: EncodedRecords, codec: number, bytes: Uint8Array): EncodedRecords {
  const frame = Buffer.allocUnsafe(HEAD + bytes.byteLength);
  frame.set(bytes, HEAD);
  return { ...records, frame, codec };
}

/** A whole batch (version 2), as it is sent. It is the frame of the records: the next head overwrites this one. */
export function encodeBatch(records: EncodedRecords, { producerId, producerEpoch, first }: Sequence): Buffer {
  const { frame } = records;
  Writer.over(frame)
    .int64(0)
    .int32(frame.length - 12)
    .int32(-1)
    .int8(2)
    .int32(0)
    .int16(records.codec)
    .int32(records.count - 1)
    .int64(records.baseTimestamp)
    .int64(records.maxTimestamp)
    .int64(producerId)
    .int16(producerEpoch)
    .int32(first)
    .int32(records.count);
  frame.writeUInt32BE(crc32c(frame.subarray(UNCHECKED)), UNCHECKED - 4);
  return frame;
}

function writeRecord(
  { key, value, headers }: OutgoingRecord,
  index: number,
  timestampDelta: number,
  encoder: HeaderEncoder,
  to: Writer,
): void {
  const size =
    1 +
    varintSize(timestampDelta) +
    varintSize(index) +
    sizeOf(key) +
    sizeOf(value) +
    varintSize(headers.length) +
    encoder.measure(headers);
  to.varint(size).int8(0).varint(timestampDelta).varint(index).varintBytes(key).varintBytes(value);
  to.varint(headers.length);
  encoder.write(to);
}

/** From the first record: those of a batch are mostly alike, and where they are not the buffer grows. */
function guessSize(record: OutgoingRecord | undefined): number {
  if (!record) return 0;
  let size = 40 + sizeOf(record.key) + sizeOf(record.value);
  for (const [name, content] of record.headers) size += name.length + 3 + sizeOf(content);
  return size;
}
