import { partitionName, type TopicPartition } from '@tramline/core';
import { BrokerError } from '../cluster/broker-errors.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Address } from '../kafkajs/broker-connection.js';
import { EARLIEST, LATEST, listOffsets } from '../protocol/api/records.js';
import { errorName } from '../protocol/error-codes.js';

/** Offsets by `partitionName`, asked of each partition's leader. @throws TransportError */
export async function offsetsAt(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  timestamp: number,
): Promise<ReadonlyMap<string, number>> {
  const byLeader = new Map<Address, TopicPartition[]>();
  for (const one of partitions) {
    const leader = await cluster.leader(one);
    byLeader.set(leader, [...(byLeader.get(leader) ?? []), one]);
  }
  const found = new Map<string, number>();
  await Promise.all(
    [...byLeader].map(async ([leader, asked]) => {
      const answer = await cluster.send(
        leader,
        listOffsets,
        asked.map(({ topic, partition }) => ({ topic, partition, timestamp })),
      );
      for (const one of answer) {
        if (one.errorCode !== 0) {
          cluster.forget(one.topic);
          throw new BrokerError(errorName(one.errorCode), `Offsets of ${partitionName(one)}`);
        }
        found.set(partitionName(one), one.offset);
      }
    }),
  );
  return found;
}

export interface Bounds {
  readonly earliest: number;
  readonly end: number;
}

/** Lowest and end offset of each, by `partitionName`. */
export async function bounds(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
): Promise<ReadonlyMap<string, Bounds>> {
  const [earliest, ends] = await Promise.all([
    offsetsAt(cluster, partitions, EARLIEST),
    offsetsAt(cluster, partitions, LATEST),
  ]);
  return new Map(
    partitions.map((one) => {
      const name = partitionName(one);
      return [name, { earliest: earliest.get(name) ?? 0, end: ends.get(name) ?? 0 }];
    }),
  );
}
