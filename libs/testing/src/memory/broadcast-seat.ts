import { partitionName, TransportError, type AssignedPartition, type TopicPartition } from '@tramline/core';
import type { Cluster } from './cluster.js';
import type { Occupant, Plan, Seat } from './seat.js';

/** A seat beside all groups: every partition of every topic is free for it, nothing is stored, no session ends. */
export class BroadcastSeat implements Seat {
  readonly expired = false;
  readonly #taken = new Set<string>();
  readonly #stop: () => void;

  constructor(
    readonly memberId: string,
    readonly occupant: Occupant,
    readonly cluster: Cluster,
  ) {
    this.#stop = cluster.onTopics(() => {
      for (const name of this.#taken) if (!this.#all().has(name)) this.#taken.delete(name);
      occupant.wake();
    });
  }

  owns(partition: TopicPartition): boolean {
    return this.#taken.has(partitionName(partition));
  }

  plan(): Plan {
    const take = [...this.#all()]
      .filter(([name]) => !this.#taken.has(name))
      .map(([, partition]) => partition);
    return { generation: 1, release: [], take };
  }

  take(partitions: readonly TopicPartition[]): AssignedPartition[] {
    return partitions.map((target) => {
      this.#taken.add(partitionName(target));
      const { topic, partition, earliest, end } = this.cluster.partition(target);
      return { topic, partition, committed: null, earliest, end };
    });
  }

  release(partitions: readonly TopicPartition[]): void {
    for (const name of partitions.map(partitionName)) this.#taken.delete(name);
  }

  commit(): void {
    throw new TransportError(
      'TRAMLINE_REFUSED',
      'A broadcast member has no group and cannot commit. Consume with broadcast: false.',
    );
  }

  leave(): void {
    this.#stop();
  }

  #all(): Map<string, TopicPartition> {
    const partitions = this.cluster.partitionsOf([...this.occupant.topics].sort());
    return new Map(partitions.map((partition) => [partitionName(partition), partition]));
  }
}
