import { partitionName, type TopicPartition } from '@tramline/core';
import { BrokerError } from '../cluster/broker-errors.js';
import type { Cluster } from '../cluster/cluster.js';
import { addressName, type Address } from '../kafkajs/broker-connection.js';
import type { Api, PartitionResult } from '../protocol/api.js';
import { deleteRecords, EARLIEST, LATEST, listOffsets } from '../protocol/api/records.js';
import { errorName } from '../protocol/error-codes.js';

/** Offsets by `partitionName`, asked of each partition's leader. @throws TransportError */
export async function offsetsAt(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  timestamp: number,
): Promise<ReadonlyMap<string, number>> {
  const asked = partitions.map(({ topic, partition }) => ({ topic, partition, timestamp }));
  const answers = await askLeaders(cluster, listOffsets, asked, 'Offsets of');
  return new Map(answers.map((one) => [partitionName(one), one.offset]));
}

/** Lets go of what lies below these offsets; one beyond the end means the end. @throws TransportError */
export async function deleteBefore(
  cluster: Cluster,
  positions: readonly (TopicPartition & { readonly offset: number })[],
): Promise<void> {
  const ends = await offsetsAt(cluster, positions, LATEST);
  const asked = positions.map(({ topic, partition, offset }) => {
    const end = ends.get(partitionName({ topic, partition })) ?? 0;
    return { topic, partition, offset: Math.min(offset, end) };
  });
  await askLeaders(cluster, deleteRecords, asked, 'Deleting records of');
}

/** Asks the leader of each partition about those that it leads. @throws TransportError when one of them refuses */
async function askLeaders<Item extends TopicPartition, Answer extends PartitionResult>(
  cluster: Cluster,
  api: Api<readonly Item[], readonly Answer[]>,
  items: readonly Item[],
  what: string,
): Promise<Answer[]> {
  const byLeader = new Map<string, { readonly leader: Address; readonly asked: Item[] }>();
  for (const one of items) {
    const leader = await cluster.leader(one);
    const name = addressName(leader);
    const known = byLeader.get(name) ?? { leader, asked: [] };
    byLeader.set(name, known);
    known.asked.push(one);
  }
  const answers = await Promise.all(
    [...byLeader.values()].map(({ leader, asked }) => cluster.send(leader, api, asked)),
  );
  for (const one of answers.flat()) {
    if (one.errorCode === 0) continue;
    cluster.forget(one.topic);
    throw new BrokerError(errorName(one.errorCode), `${what} ${partitionName(one)}`);
  }
  return answers.flat();
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
