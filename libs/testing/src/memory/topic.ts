import type { TopicChange, TopicDescription, TopicSpec } from '@tramline/core';
import { PartitionLog } from './partition-log.js';

/** What a topic gets where its creator said nothing. */
export const TOPIC_DEFAULTS = { partitions: 6, maxRecordBytes: 1_048_576 } as const;

/** A topic of a {@link MemoryBroker}: its settings and one log per partition. */
export class MemoryTopic {
  readonly name: string;
  readonly cleanup: 'delete' | 'compact';
  readonly partitions: PartitionLog[] = [];
  readonly #replication: number;
  #maxRecordBytes: number;
  /** Null: for ever. */
  #retentionMs: number | null;

  constructor(spec: TopicSpec, defaultPartitions: number) {
    this.name = spec.name;
    this.cleanup = spec.cleanup;
    this.#maxRecordBytes = spec.maxRecordBytes ?? TOPIC_DEFAULTS.maxRecordBytes;
    this.#retentionMs = spec.retentionMs ?? null;
    this.#replication = spec.replication ?? 1;
    this.grow(spec.partitions ?? defaultPartitions);
  }

  get maxRecordBytes(): number {
    return this.#maxRecordBytes;
  }

  alter({ retentionMs = this.#retentionMs, maxRecordBytes = this.#maxRecordBytes }: TopicChange): void {
    this.#retentionMs = retentionMs;
    this.#maxRecordBytes = maxRecordBytes;
  }

  grow(partitions: number): void {
    while (this.partitions.length < partitions) {
      this.partitions.push(new PartitionLog(this.name, this.partitions.length));
    }
  }

  /** Lets go of what is older than the retention, as `now` has it. */
  expire(now: number): void {
    if (this.#retentionMs === null || this.cleanup === 'compact') return;
    for (const log of this.partitions) log.deleteOlderThan(now - this.#retentionMs);
  }

  describe(): TopicDescription {
    return {
      name: this.name,
      partitions: this.partitions.length,
      replication: this.#replication,
      cleanup: this.cleanup,
      retentionMs: this.#retentionMs,
      maxRecordBytes: this.#maxRecordBytes,
    };
  }
}
