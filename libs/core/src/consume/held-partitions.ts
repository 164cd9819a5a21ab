import type { Clock } from '../time/clock.js';
import { partitionName, type TopicPartition } from '../transport/records.js';
import type { PartitionConsumer, Window } from './partition-consumer.js';

/** What a tier partition may hold in memory: enough to flow, little enough that a million waiting events cost nothing. */
const TIER_WINDOW = 500;
const TIER_BYTES = 1024 * 1024;

/** The least that a source partition may hold, however many share the budget. */
const LEAST_BYTES = 1024 * 1024;

/** The partitions that a group has in this process: those that it holds, and those whose start is still looked up. */
export class HeldPartitions {
  private readonly held = new Map<string, PartitionConsumer>();
  private readonly sources = new Set<PartitionConsumer>();
  private arriving = new Set<string>();

  /**
   * @param windowRecords - events that a source partition may have open
   * @param windowBytes - what all source partitions together may hold in memory
   */
  constructor(
    private readonly windowRecords: number,
    private readonly windowBytes: number,
  ) {}

  all(): IterableIterator<PartitionConsumer> {
    return this.held.values();
  }

  find(partition: TopicPartition): PartitionConsumer | undefined {
    return this.held.get(partitionName(partition));
  }

  /** These were assigned; their start is looked up, and meanwhile they may be lost. */
  expect(partitions: readonly TopicPartition[]): void {
    this.arriving = new Set(partitions.map(partitionName));
  }

  /** Whether it was assigned, is not lost, and does not run yet. */
  isArriving(partition: TopicPartition): boolean {
    return this.arriving.has(partitionName(partition));
  }

  /** Begins with one that was arriving. */
  add(consumer: PartitionConsumer, tier: boolean): void {
    const name = partitionName(consumer);
    this.arriving.delete(name);
    if (!tier) this.sources.add(consumer);
    this.held.set(name, consumer);
  }

  /** Those of these that run; they stay held. */
  running(partitions: readonly TopicPartition[]): PartitionConsumer[] {
    return partitions.flatMap((partition) => this.find(partition) ?? []);
  }

  /** Takes no more records, and waits for what runs. @returns the handlers that were too slow; undefined when all ended in time */
  async drain(
    consumers: readonly PartitionConsumer[],
    clock: Clock,
    timeoutMs: number,
  ): Promise<ReadonlySet<string> | undefined> {
    for (const consumer of consumers) consumer.halt();
    const ended = await Promise.all(consumers.map((consumer) => consumer.drain(clock, timeoutMs)));
    return ended.includes(false) ? new Set(consumers.flatMap((consumer) => consumer.running())) : undefined;
  }

  /** These are gone: what still runs is aborted with `reason`, and its outcome ignored. */
  release(partitions: readonly TopicPartition[], reason: Error): void {
    for (const partition of partitions) this.arriving.delete(partitionName(partition));
    this.drop(this.running(partitions), reason);
  }

  /** As {@link release}, for consumers of a hand-over that took time: one that was assigned anew since is left alone. */
  drop(consumers: readonly PartitionConsumer[], reason: Error): void {
    for (const consumer of consumers) consumer.halt();
    for (const consumer of consumers) {
      const name = partitionName(consumer);
      if (this.held.get(name) === consumer) this.held.delete(name);
      this.sources.delete(consumer);
      consumer.drop(reason);
    }
  }

  /** What one partition may hold; the source partitions share their bytes. */
  window(tier: boolean): Window {
    if (tier) return { records: TIER_WINDOW, bytes: () => TIER_BYTES, soft: false };
    return {
      records: this.windowRecords,
      bytes: () => Math.max(LEAST_BYTES, this.windowBytes / this.sources.size),
      soft: true,
    };
  }
}
