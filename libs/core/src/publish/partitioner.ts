import { murmur2 } from './murmur2.js';

/** Chooses the partition of a keyed event: a whole number from 0 to `partitions - 1`, always the same for the same arguments. */
export type Partitioner = (key: Uint8Array, partitions: number, topic: string) => number;

/** Kafka's Java client: murmur2 of the key with the sign bit cleared. Every client that is compatible with it agrees. */
export const murmurPartitioner: Partitioner = (key, partitions) => (murmur2(key) & 0x7fffffff) % partitions;
