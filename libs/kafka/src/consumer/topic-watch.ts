import { type Timer } from '@tramline/core';
import type { Cluster } from '../cluster/cluster.js';
import { watchIntervalMs } from './watch.js';

/** Topics of a group as its leader saw them: how many partitions each has; 0: it does not exist. */
export type TopicCounts = ReadonlyMap<string, number>;

/** How many partitions each of these topics has now. @throws TransportError */
export async function countPartitions(cluster: Cluster, topics: readonly string[]): Promise<TopicCounts> {
  const found = new Map(
    (await cluster.fresh(topics)).map(({ name, partitions }) => [name, partitions.length]),
  );
  return new Map(topics.map((topic) => [topic, found.get(topic) ?? 0]));
}

/** Looks again and again whether the group's topics are still as they were when its partitions were given out. */
export class TopicWatch {
  private timer: Timer | undefined;
  private watched: TopicCounts | undefined;

  constructor(
    private readonly cluster: Cluster,
    private readonly onChange: () => void,
  ) {}

  start(topics: TopicCounts): void {
    this.stop();
    this.watched = topics;
    this.again(topics);
  }

  stop(): void {
    this.watched = undefined;
    this.timer?.cancel();
  }

  private again(topics: TopicCounts): void {
    const someMissing = [...topics.values()].includes(0);
    this.timer = this.cluster.clock.setTimer(
      watchIntervalMs(someMissing),
      () => void this.look(topics),
      true,
    );
  }

  private async look(topics: TopicCounts): Promise<void> {
    try {
      const now = await countPartitions(this.cluster, [...topics.keys()]);
      if (topics !== this.watched) return;
      if ([...now].some(([topic, count]) => count !== topics.get(topic))) return this.onChange();
    } catch {
      // Heartbeats tell that the cluster is away.
    }
    if (topics === this.watched) this.again(topics);
  }
}
