import { partitionName, type AssignedPartition, type TopicPartition } from '@tramline/core';
import { bounds } from '../admin/offsets.js';
import type { KafkaGroups } from '../admin/groups.js';
import type { Cluster } from '../cluster/cluster.js';

/** Where partitions stand. Those that do not exist (any more) are left out. @throws TransportError */
export async function positionsOf(
  cluster: Cluster,
  groups: KafkaGroups,
  /** Null: nobody committed anything. */
  group: string | null,
  partitions: readonly TopicPartition[],
): Promise<AssignedPartition[]> {
  if (partitions.length === 0) return [];
  const topics = [...new Set(partitions.map(({ topic }) => topic))];
  const counts = new Map(
    (await cluster.fresh(topics)).map(({ name, partitions: all }) => [name, all.length]),
  );
  const existing = partitions.filter(({ topic, partition }) => partition < (counts.get(topic) ?? 0));
  const [committed, found] = await Promise.all([
    group === null ? [] : groups.committed(group, topics),
    bounds(cluster, existing),
  ]);
  const offsets = new Map(
    committed.map(({ offset, metadata, ...target }) => [partitionName(target), { offset, metadata }]),
  );
  return existing.map(({ topic, partition }) => {
    const name = partitionName({ topic, partition });
    return { topic, partition, committed: offsets.get(name) ?? null, ...found.get(name)! };
  });
}
