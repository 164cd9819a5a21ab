import { partitionName, type Appended, type OutgoingRecord, type TopicPartition } from '@tramline/core';
import type { Cluster } from '../cluster/cluster.js';
import { Departures } from './departures.js';
import { Identities } from './identities.js';
import { PartitionProducer } from './partition-producer.js';

/** Appends. Partitions do not wait for each other. */
export class Producer {
  private readonly partitions = new Map<string, PartitionProducer>();
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly identities: Identities;
  private readonly departures: Departures;

  constructor(private readonly cluster: Cluster) {
    this.identities = new Identities(cluster);
    this.departures = new Departures(cluster);
  }

  async append(
    target: TopicPartition,
    records: readonly OutgoingRecord[],
    timeoutMs: number,
  ): Promise<Appended> {
    this.cluster.mustBeOpen();
    const append = this.partition(target).append(records, timeoutMs);
    this.underWay.add(append);
    try {
      return await append;
    } finally {
      this.underWay.delete(append);
    }
  }

  /** Resolves when nothing is under way. Each append has its own time, so this has an end. */
  async quiet(): Promise<void> {
    await Promise.allSettled(this.underWay);
  }

  private partition({ topic, partition }: TopicPartition): PartitionProducer {
    const name = partitionName({ topic, partition });
    let found = this.partitions.get(name);
    if (!found) {
      found = new PartitionProducer(
        { topic, partition },
        this.cluster,
        this.identities,
        this.departures,
        this.cluster.settings.compression,
      );
      this.partitions.set(name, found);
    }
    return found;
  }
}
