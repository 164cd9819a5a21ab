import { partitionName, type TopicPartition } from '@tramline/core';
import type { PartitionFlow } from './partition-flow.js';

/** A partition that this member has, from before `assigned` until it is given up or lost. */
export interface Held {
  readonly target: TopicPartition;
  /** Present once records may come. */
  flow: PartitionFlow | undefined;
  paused: boolean;
  /** Of the topic as it was when its positions were read. */
  topicId: string;
  /** That topic was deleted and made again: positions in it mean nothing any more. */
  remade: boolean;
  /** The listener was told that it comes; until then it need not be told that it goes. */
  told: boolean;
}

/** What a member holds. The same partition, had again after it was lost, is another holding. */
export class HeldPartitions {
  private readonly byName = new Map<string, Held>();

  add({ topic, partition }: TopicPartition): Held {
    const held: Held = {
      target: { topic, partition },
      flow: undefined,
      paused: false,
      topicId: '',
      remade: false,
      told: false,
    };
    this.byName.set(partitionName(held.target), held);
    return held;
  }

  has(held: Held): boolean {
    return this.byName.get(partitionName(held.target)) === held;
  }

  find(target: TopicPartition): Held | undefined {
    return this.byName.get(partitionName(target));
  }

  all(): Held[] {
    return [...this.byName.values()];
  }

  /** Those of them that are still held. */
  still(some: readonly Held[]): Held[] {
    return some.filter((held) => this.has(held));
  }

  drop(some: readonly Held[]): void {
    for (const held of some) if (this.has(held)) this.byName.delete(partitionName(held.target));
  }
}
