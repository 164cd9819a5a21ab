import type { TopicPartition } from '@tramline/core';
import type { PartitionFlow } from './partition-flow.js';
import type { Holding } from './wire/messages.js';

/** A partition that this member has, from before `assigned` until it is given up or lost. */
export interface Held extends Holding {
  /** Present once records may come. */
  flow: PartitionFlow | undefined;
  paused: boolean;
  /** The listener was told that it goes. */
  revoked: boolean;
}

/** What a member holds. The same partition with another epoch is another holding. */
export class HeldPartitions {
  readonly #byId = new Map<number, Held>();

  add(holding: Holding): void {
    this.#byId.set(holding.id, { ...holding, flow: undefined, paused: false, revoked: false });
  }

  has({ id, epoch }: Pick<Holding, 'id' | 'epoch'>): boolean {
    return this.#byId.get(id)?.epoch === epoch;
  }

  /** Ends deliveries of these at once; they stay held. */
  stop(partitions: readonly Held[]): void {
    for (const { flow } of partitions) flow?.stop();
  }

  drop(partitions: readonly Held[]): void {
    this.stop(partitions);
    for (const held of partitions) if (this.has(held)) this.#byId.delete(held.id);
  }

  all(): Held[] {
    return [...this.#byId.values()];
  }

  /** Those of the holdings that are held here. */
  these(holdings: readonly Holding[]): Held[] {
    return holdings.flatMap((holding) => (this.has(holding) ? this.#byId.get(holding.id)! : []));
  }

  find({ topic, partition }: TopicPartition): Held | undefined {
    for (const held of this.#byId.values()) {
      if (held.partition === partition && held.topic === topic) return held;
    }
    return undefined;
  }
}

export function bare({ topic, partition }: TopicPartition): TopicPartition {
  return { topic, partition };
}
