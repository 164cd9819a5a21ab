import type { StoredRecord, TopicPartition } from '../transport/records.js';
import type { Transport } from '../transport/transport.js';

/** A stretch of one partition, from an offset up to but not including another. */
export interface Stretch extends TopicPartition {
  readonly from: number;
  readonly to: number;
}

/** Walks over the wanted records of one stretch, holding one batch of the transport at most. */
export class PartitionCursor {
  /** The record that stands next; undefined before the first {@link next} and after the last record. */
  current: StoredRecord | undefined;
  private batch: readonly StoredRecord[] = [];
  private index = 0;
  private readonly batches: AsyncIterator<readonly StoredRecord[]>;

  constructor(
    transport: Transport,
    stretch: Stretch,
    private readonly isWanted: (record: StoredRecord) => boolean,
    signal: AbortSignal,
  ) {
    this.batches = transport.read({ ...stretch, signal })[Symbol.asyncIterator]();
  }

  /** Moves on. A promise only when the transport has to be asked, which is once per batch. */
  next(): void | Promise<void> {
    while (this.index < this.batch.length) {
      const record = this.batch[this.index++]!;
      if (this.isWanted(record)) {
        this.current = record;
        return undefined;
      }
    }
    return this.load();
  }

  async close(): Promise<void> {
    await this.batches.return?.();
  }

  private async load(): Promise<void> {
    const { done, value } = await this.batches.next();
    this.batch = done ? [] : value;
    this.index = 0;
    this.current = undefined;
    if (!done) await this.next();
  }
}
