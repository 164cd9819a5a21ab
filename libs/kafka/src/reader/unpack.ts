import { partitionName, TransportError, type StoredRecord, type TopicPartition } from '@tramline/core';
import { codecOf, MissingCodecError } from '../kafkajs/codecs.js';
import type { AbortedTransaction } from '../protocol/api/records.js';
import {
  CorruptBatchError,
  decodeRecords,
  isAbort,
  storedBatches,
  type StoredBatch,
} from '../protocol/record-decoder.js';

/** Records handed on together: enough to be quick, few enough that a pause takes hold soon. */
const RECORDS = 1_000;

export interface Unpacked {
  readonly records: StoredRecord[];
  readonly nextOffset: number;
}

/**
 * The records of one answer for one partition, from `from` on, bit by bit: decompressed, without the broker's marks and
 * without what transactions took back.
 */
export class Unpacking {
  private readonly batches: Iterator<StoredBatch, unknown>;
  private readonly committed: CommittedOnly;
  private at: number;
  private ahead: IteratorResult<StoredBatch, unknown>;
  private failure: TransportError | undefined;

  /** @throws TransportError as `next` does */
  constructor(
    private readonly target: TopicPartition,
    data: Buffer,
    aborted: readonly AbortedTransaction[],
    from: number,
  ) {
    this.batches = storedBatches(data);
    this.committed = new CommittedOnly(aborted);
    this.at = from;
    this.ahead = this.step();
  }

  /** Whether `next` has nothing left to give. */
  get done(): boolean {
    return this.ahead.done === true;
  }

  /**
   * Undefined at the end.
   * @throws TransportError `TRAMLINE_STORAGE` when what lies there cannot be read, after everything before it was given
   */
  async next(): Promise<Unpacked | undefined> {
    if (this.failure) throw this.failure;
    const records: StoredRecord[] = [];
    let whole = 0;
    const start = this.at;
    try {
      for (; !this.ahead.done && records.length < RECORDS; this.ahead = this.step()) {
        const batch = this.ahead.value;
        if (batch.lastOffset < this.at) continue;
        if (this.committed.holds(batch)) {
          const bytes = batch.codec === 0 ? batch.bytes : await codecOf(batch.codec).decompress(batch.bytes);
          decodeRecords(batch, bytes, this.target, this.at, records);
        }
        this.at = batch.lastOffset + 1;
        whole = records.length;
      }
    } catch (error) {
      this.failure = error instanceof TransportError ? error : unreadable(this.target, error, this.at);
      if (this.at === start) throw this.failure;
      records.length = whole;
    }
    return this.at > start ? { records, nextOffset: this.at } : undefined;
  }

  private step(): IteratorResult<StoredBatch, unknown> {
    try {
      return this.batches.next();
    } catch (error) {
      throw unreadable(this.target, error, this.at);
    }
  }
}

/** Knows which batches belong to transactions that were taken back. */
class CommittedOnly {
  private readonly aborted: AbortedTransaction[];
  private readonly active = new Set<number>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.aborted = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  }

  /** Asked for every batch once, in order. */
  holds(batch: StoredBatch): boolean {
    while (this.aborted[0] && this.aborted[0].firstOffset <= batch.lastOffset) {
      this.active.add(this.aborted.shift()!.producerId);
    }
    if (batch.control) {
      if (isAbort(batch)) this.active.delete(batch.producerId);
      return false;
    }
    return !batch.transactional || !this.active.has(batch.producerId);
  }
}

function unreadable(target: TopicPartition, error: unknown, offset: number): TransportError {
  const place = `Offset ${error instanceof CorruptBatchError ? error.offset : offset} of ${partitionName(target)}`;
  if (error instanceof MissingCodecError)
    return new TransportError('TRAMLINE_STORAGE', `${place} cannot be read. ${error.message}`);
  const { message } = error as Error;
  return new TransportError(
    'TRAMLINE_STORAGE',
    `${place} cannot be read: ${message}. Mend the log, or set the group's position past it.`,
    {
      cause: error,
    },
  );
}
