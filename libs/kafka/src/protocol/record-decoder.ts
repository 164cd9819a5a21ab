import type { StoredRecord, TopicPartition } from '@tramline/core';
import { crc32c } from './crc32c.js';
import { layoutOf, PackedRecord } from './packed-record.js';
import { Reader } from './reader.js';

/** Bytes before a batch's length ends, and before its checked part begins. */
const LENGTH_END = 12;
const CHECKED_FROM = 21;
const HEAD = 61;

const CODEC_MASK = 7;
const LOG_APPEND_TIME = 8;
const TRANSACTIONAL = 16;
const CONTROL = 32;

/** A batch as it lies in the log, its records not decoded yet. */
export interface StoredBatch {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly codec: number;
  readonly producerId: number;
  readonly transactional: boolean;
  /** Holds no records but a mark of the broker's. */
  readonly control: boolean;
  readonly baseTimestamp: number;
  /** The broker's time for all records, or undefined when each has its own. */
  readonly appendedAt: number | undefined;
  readonly count: number;
  readonly bytes: Buffer;
}

/** What lies in the log is damaged. */
export class CorruptBatchError extends Error {
  constructor(
    readonly offset: number,
    what: string,
  ) {
    super(what);
    this.name = 'CorruptBatchError';
  }
}

/** The whole batches of a fetch; a last one that is cut off is left out. @throws CorruptBatchError */
export function* storedBatches(data: Buffer): Generator<StoredBatch> {
  let at = 0;
  while (data.length - at >= CHECKED_FROM) {
    const end = at + LENGTH_END + data.readInt32BE(at + 8);
    if (end > data.length) return;
    yield storedBatch(data.subarray(at, end));
    at = end;
  }
}

function storedBatch(bytes: Buffer): StoredBatch {
  const from = new Reader(bytes);
  const firstOffset = from.int64();
  const magic = from.skip(8).int8();
  if (magic !== 2) {
    throw new CorruptBatchError(
      firstOffset,
      `its format is version ${magic}, from before Kafka 0.11; let the broker rewrite the topic`,
    );
  }
  if (bytes.length < HEAD) throw new CorruptBatchError(firstOffset, 'it is shorter than its own head');
  if (from.uint32() !== crc32c(bytes.subarray(CHECKED_FROM))) {
    throw new CorruptBatchError(
      firstOffset,
      'its checksum does not fit: it was damaged on disk or on the way',
    );
  }
  const attributes = from.int16();
  const lastOffset = firstOffset + from.int32();
  const [baseTimestamp, maxTimestamp, producerId] = [from.int64(), from.int64(), from.int64()];
  const count = from.skip(6).int32();
  return {
    firstOffset,
    lastOffset,
    codec: attributes & CODEC_MASK,
    producerId,
    transactional: (attributes & TRANSACTIONAL) !== 0,
    control: (attributes & CONTROL) !== 0,
    baseTimestamp,
    appendedAt: attributes & LOG_APPEND_TIME ? maxTimestamp : undefined,
    count,
    bytes: bytes.subarray(HEAD),
  };
}

/**
 * Adds the records from offset `from` on to `into`.
 * @param bytes - those of the batch, decompressed
 * @throws CorruptBatchError
 */
export function decodeRecords(
  batch: StoredBatch,
  bytes: Buffer,
  target: TopicPartition,
  from: number,
  into: StoredRecord[],
): void {
  const reader = new Reader(bytes);
  try {
    for (let left = batch.count; left > 0; left--) {
      const length = reader.varint();
      const end = reader.position + length;
      const timestampDelta = reader.skip(1).varint();
      const offset = batch.firstOffset + reader.varint();
      if (offset >= from) {
        const timestamp = batch.appendedAt ?? batch.baseTimestamp + timestampDelta;
        into.push(new PackedRecord(target, offset, timestamp, bytes, layoutOf(reader)));
      }
      const left = end - reader.position;
      if (left < 0 || end > bytes.length) throw new RangeError('one does not end where it says');
      reader.skip(left);
    }
  } catch (error) {
    if (error instanceof RangeError)
      throw new CorruptBatchError(batch.firstOffset, `its records do not fit: ${error.message}`);
    throw error;
  }
}

/** Whether a control batch ends a transaction by taking it back. */
export function isAbort({ bytes }: StoredBatch): boolean {
  const reader = new Reader(bytes);
  reader.varint();
  reader.skip(1).varint();
  reader.varint();
  const key = reader.varintBytes();
  return key !== null && key.length >= 4 && key.readInt16BE(2) === 0;
}
