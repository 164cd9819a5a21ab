import type { Transport } from '@tramline/core';
import { ask, int32, int64, string } from '../../../scripts/kafka/wire.ts';

const DELETE_RECORDS = 21;

/**
 * Does what retention does, now: Kafka's own goes by whole segments, every five minutes. What is older than the topic keeps
 * goes, up to the first younger record.
 */
export async function expire(transport: Transport, brokers: string, topic: string): Promise<void> {
  const [described] = await transport.topics.describe([topic]);
  if (!described || described.retentionMs === null) return;
  const young = await transport.topics.offsetsAt(topic, Date.now() - described.retentionMs);
  await deleteRecords(brokers, topic, young);
}

/** Everything before these offsets goes. */
export async function deleteRecords(
  brokers: string,
  topic: string,
  before: readonly { readonly partition: number; readonly offset: number }[],
): Promise<void> {
  const partitions = before.map(({ partition, offset }) => Buffer.concat([int32(partition), int64(offset)]));
  const body = Buffer.concat([
    int32(1),
    string(topic),
    int32(partitions.length),
    ...partitions,
    int32(10_000),
  ]);
  // Each partition's leader does it, and the others refuse.
  await Promise.all(
    brokers.split(',').map((broker) => ask(Number(broker.split(':')[1]), DELETE_RECORDS, 1, body)),
  );
}
