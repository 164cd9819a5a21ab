import type { Reader } from './reader.js';
import type { Writer } from './writer.js';

/**
 * One request of the Kafka protocol in one version. Versions are fixed: each is the last one before the protocol's flexible
 * encoding, but for one that needs it, and is spoken by every broker from 3.0 to 4.x. An answer's `throttle_time_ms` goes to `reader.throttleMs`.
 */
export interface Api<Request, Response> {
  readonly key: number;
  readonly name: string;
  readonly version: number;
  /** Bytes that the request takes, nearly. Absent: a few hundred. */
  size?(request: Request): number;
  write(request: Request, to: Writer): void;
  read(from: Reader): Response;
}

/** Fields that every answer about one partition has. */
export interface PartitionResult {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
}

/** `[topic [partition…]]`, the shape that most answers have, as one flat list. */
export function readPartitions<Item>(from: Reader, read: (topic: string) => Item): Item[] {
  return from
    .array(() => {
      const topic = from.string();
      return from.array(() => read(topic));
    })
    .flat();
}

/** Writes a flat list as `[topic [partition…]]`. */
export function writePartitions<Item extends { readonly topic: string }>(
  items: readonly Item[],
  to: Writer,
  write: (item: Item) => void,
): void {
  const topics = new Map<string, Item[]>();
  for (const item of items) {
    const group = topics.get(item.topic);
    if (group) group.push(item);
    else topics.set(item.topic, [item]);
  }
  to.array([...topics], ([topic, group]) => to.string(topic).array(group, write));
}
