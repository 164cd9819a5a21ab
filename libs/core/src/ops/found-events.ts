import { ConfigurationError } from '../errors.js';
import type { Envelope } from '../envelope/envelope.js';
import { strictTextOf } from '../envelope/text.js';
import { toEnvelope } from '../envelope/to-envelope.js';
import type { Naming } from '../naming.js';
import { mergedRecords } from '../read/merged-records.js';
import type { Stretch } from '../read/partition-cursor.js';
import { isOfPast, stretchesOfPast } from '../read/past.js';
import type { StoredRecord } from '../transport/records.js';
import type { OpsPorts } from './ports.js';

/** Which events. Every condition given must hold. Times are those of writing, not of happening. */
export interface FoundEventFilter {
  /** Topics without the namespace, at least one. A type's topic is its name unless its contract says another. */
  readonly topics: readonly string[];
  readonly type?: string;
  readonly key?: string;
  /** The first is the oldest there is, or the first written at or after this time. Default: `read` earliest, `tail` the end. */
  readonly from?: 'earliest' | Date;
  /** Only events written before this time. */
  readonly to?: Date;
}

/** An event where it lies, checked against nothing. */
export interface FoundEvent {
  /** As the broker knows it. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** When it was written, milliseconds since 1970. */
  readonly timestamp: number;
  readonly envelope: Envelope;
  /** Null: a tombstone. */
  readonly value: Uint8Array | null;
  /** The value, where it is JSON. */
  readonly json: unknown;
  /** Whether `json` says what the value is. */
  readonly isJson: boolean;
  readonly record: StoredRecord;
}

/** @throws TransportError, ConfigurationError */
export async function* readEvents(
  { transport, naming }: OpsPorts,
  filter: FoundEventFilter,
  signal?: AbortSignal,
): AsyncGenerator<FoundEvent, void, undefined> {
  const all = await stretchesOf({ transport, naming }, filter);
  const stretches = all.filter((stretch) => stretch.from < stretch.to);
  const wanted = isWantedEvent(filter, naming);
  for await (const record of mergedRecords(transport, stretches, wanted, signal))
    yield foundEvent(record, naming);
}

/** What there is to read of each partition, now; of some nothing. @throws TransportError, ConfigurationError */
export async function stretchesOf(
  { transport, naming }: Pick<OpsPorts, 'transport' | 'naming'>,
  filter: FoundEventFilter,
): Promise<Stretch[]> {
  checkTimes(filter.from, filter.to);
  const stretches = await Promise.all(
    filter.topics.map((name) => stretchesOfPast(transport, naming.topic(name), filter)),
  );
  return stretches.flat();
}

export function isWantedEvent(filter: FoundEventFilter, naming: Naming): (record: StoredRecord) => boolean {
  const isWanted = isOfPast(filter);
  const { type } = filter;
  return (record) => isWanted(record) && (type === undefined || toEnvelope(record, naming).type === type);
}

export function foundEvent(record: StoredRecord, naming: Naming): FoundEvent {
  const { topic, partition, offset, timestamp, value } = record;
  const envelope = toEnvelope(record, naming);
  return { topic, partition, offset, timestamp, envelope, value, ...jsonOf(value), record };
}

/** What bytes say as JSON, for showing them: `isJson` is false where they are none. */
export function jsonOf(value: Uint8Array | null): { readonly json: unknown; readonly isJson: boolean } {
  const text = value && strictTextOf(value);
  if (text === null) return { json: undefined, isJson: false };
  try {
    return { json: JSON.parse(text), isJson: true };
  } catch {
    return { json: undefined, isJson: false };
  }
}

function checkTimes(from: unknown, to: unknown): void {
  const faults: string[] = [];
  const isDate = (value: unknown) => value instanceof Date && !Number.isNaN(value.getTime());
  if (from !== undefined && from !== 'earliest' && !isDate(from))
    faults.push(`'from' must be 'earliest' or a valid Date`);
  if (to !== undefined && !isDate(to))
    faults.push(`'to' must be a valid Date; leave it out for all there is`);
  if (faults.length > 0) throw new ConfigurationError(faults);
}
