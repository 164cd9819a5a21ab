/**
 * Headers as they travel: in order, names may repeat, a value may be null. Names are text; values are bytes, since other
 * clients write what they like.
 */
export type RecordHeaders = readonly (readonly [name: string, value: Uint8Array | null])[];

/** A record on its way to a topic. `timestamp`: milliseconds since 1970; the transport's time of writing when absent. */
export interface OutgoingRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: RecordHeaders;
  readonly timestamp?: number;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/**
 * A record as it lies in the log. Offsets are numbers: 2^53 offsets at a million records a second last 285 years, and
 * bigint would cost the hot path dearly.
 */
export interface StoredRecord extends TopicPartition {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: RecordHeaders;
  /** What {@link recordBytes} would count, from a transport that knows it before it decodes the record. */
  readonly bytes?: number;
  /**
   * The last value of this name that is not null, from a transport that decodes headers when they are asked for: most are
   * never looked at. `name` is ASCII.
   */
  header?(name: string): Uint8Array | undefined;
}

/** What one record takes of a size limit: key, value and headers, in bytes. Header names count by character: they are ASCII, or nearly so. */
export function recordBytes(record: Pick<StoredRecord, 'key' | 'value' | 'headers' | 'bytes'>): number {
  if (record.bytes !== undefined) return record.bytes;
  let bytes = (record.key?.byteLength ?? 0) + (record.value?.byteLength ?? 0);
  for (const [name, value] of record.headers) bytes += name.length + (value?.byteLength ?? 0);
  return bytes;
}

/** A stable text for a topic-partition, as key of maps and in logs. */
export function partitionName({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/** How many partitions a line names: a process may hold hundreds. */
const MOST_NAMED = 3;

/** Partitions for a line of a log or a message: the first three, and how many others. */
export function partitionNames(partitions: readonly TopicPartition[]): string {
  const named = partitions.slice(0, MOST_NAMED).map(partitionName).join(', ');
  const others = partitions.length - MOST_NAMED;
  if (others <= 0) return named;
  return `${named} and ${others} other${others === 1 ? '' : 's'}`;
}
