import type { TopicPartition } from '@tramline/core';
import { readPartitions, writePartitions } from './api.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

/** What a member says of itself when it joins. */
export interface Subscription {
  readonly topics: readonly string[];
  readonly owned: readonly TopicPartition[];
  /** The generation in which `owned` was assigned; -1: none. The younger one is believed. */
  readonly generation: number;
}

/**
 * The encoding that all consumers share (version 1, with owned partitions), so that other tools show our groups. The
 * generation travels as user data.
 */
export function encodeSubscription({ topics, owned, generation }: Subscription): Buffer {
  const to = new Writer();
  to.int16(1)
    .array([...topics].sort(), (topic) => to.string(topic))
    .bytes(new Writer(4).int32(generation).take());
  writePartitions(owned, to, ({ partition }) => to.int32(partition));
  return to.take();
}

export function decodeSubscription(bytes: Buffer): Subscription {
  const from = new Reader(bytes);
  const version = from.int16();
  const topics = from.array(() => from.string());
  const data = from.bytes();
  const generation = data.length === 4 ? data.readInt32BE() : -1;
  return { topics, generation, owned: version >= 1 ? readTopicPartitions(from) : [] };
}

export function encodeAssignment(partitions: readonly TopicPartition[]): Buffer {
  const to = new Writer();
  to.int16(1);
  writePartitions(partitions, to, ({ partition }) => to.int32(partition));
  return to.int32(0).take();
}

/** An empty one, as members have during a rebalance, holds nothing. */
export function decodeAssignment(bytes: Buffer): TopicPartition[] {
  if (bytes.length === 0) return [];
  const from = new Reader(bytes);
  from.int16();
  return readTopicPartitions(from);
}

function readTopicPartitions(from: Reader): TopicPartition[] {
  return readPartitions(from, (topic) => ({ topic, partition: from.int32() }));
}
