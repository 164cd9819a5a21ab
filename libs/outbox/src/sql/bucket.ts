import { murmurPartitioner, type OutgoingRecord } from '@tramline/core';

/** What decides the bucket of a row: its topic and key; its own id where it has no key, so that such rows are spread. */
interface Bucketed {
  readonly id: string;
  readonly topic: string;
  readonly record: Pick<OutgoingRecord, 'key'>;
}

const encoder = new TextEncoder();

/** The bucket of an entry, 0 to `buckets - 1`: the same for all of one (topic, key), in every process and language version. */
export function bucketOf({ id, topic, record }: Bucketed, buckets: number): number {
  const head = encoder.encode(`${topic}\0`);
  const key = record.key ?? encoder.encode(id);
  const bytes = new Uint8Array(head.length + key.length);
  bytes.set(head);
  bytes.set(key, head.length);
  return murmurPartitioner(bytes, buckets, topic);
}
