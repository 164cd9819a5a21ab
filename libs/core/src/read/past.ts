import { bytesOf } from '../envelope/text.js';
import type { StoredRecord } from '../transport/records.js';
import type { Transport } from '../transport/transport.js';
import type { Stretch } from './partition-cursor.js';

/** Which part of a topic's past. Times are those of writing, not of happening. */
export interface Past {
  readonly from?: 'earliest' | Date | undefined;
  /** Before this time. */
  readonly to?: Date | undefined;
  readonly key?: string | undefined;
}

/** What there is to read of each partition of a topic, now; of some nothing. @throws TransportError */
export async function stretchesOfPast(
  { topics }: Transport,
  topic: string,
  { from, to }: Past,
): Promise<Stretch[]> {
  // The ends first: whatever is found afterwards can only lie before them or be cut off at them.
  const bounds = await topics.offsets(topic);
  const [starts, ends] = await Promise.all(
    [from, to].map(async (time) => (time instanceof Date ? topics.offsetsAt(topic, time.getTime()) : [])),
  );
  const offsetOf = (list: typeof starts, partition: number) =>
    list?.find((entry) => entry.partition === partition)?.offset;
  return bounds.map(({ partition, earliest, end }) => ({
    topic,
    partition,
    from: Math.max(earliest, offsetOf(starts, partition) ?? earliest),
    to: Math.min(end, offsetOf(ends, partition) ?? end),
  }));
}

/** All partitions are read for a key: where it lies depends on the partitioner, and on how many there were at the time. */
export function isOfPast({ key, from, to }: Past): (record: StoredRecord) => boolean {
  const wanted = key === undefined ? undefined : bytesOf(key);
  const after = from instanceof Date ? from.getTime() : -Infinity;
  const before = to?.getTime() ?? Infinity;
  return (record) =>
    record.timestamp >= after &&
    record.timestamp < before &&
    (!wanted || (record.key !== null && Buffer.compare(wanted, record.key) === 0));
}
