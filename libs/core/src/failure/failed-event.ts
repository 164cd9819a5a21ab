import type { Origin, Replay } from '../consume/event-context.js';
import * as names from '../envelope/headers.js';
import { asError } from '../errors.js';
import { headerText, originOf } from '../envelope/origin.js';
import { partitionName, type RecordHeaders, type StoredRecord } from '../transport/records.js';

/** What happened to an event at one handler before this delivery. */
export interface History {
  readonly origin: Origin;
  /** Runs of the handler so far. */
  readonly attempts: number;
  /** Deliveries that ended in a wait. */
  readonly deliveries: number;
  /** How often the event was redriven. */
  readonly redrives: number;
  /** Milliseconds since 1970; null before the first failure. */
  readonly firstFailedAt: number | null;
  /** Absent where the event came by itself. */
  readonly replay?: Replay | undefined;
}

/** What a record in a retry tier says, beyond the event itself. */
export interface Waiting extends History {
  /** Null when a foreign client wrote the record; it then becomes a dead letter. */
  readonly handlerId: string | null;
  /** Milliseconds since 1970. */
  readonly due: number;
  /** Milliseconds to be waited in further tiers. */
  readonly remainingMs: number;
  /** Milliseconds since 1970; null while the handler was known wherever the record came by. */
  readonly unknownSince: number | null;
}

/** The history of a record that comes from its topic, not from a tier. */
export function freshHistory(record: StoredRecord): History {
  const { topic, partition, offset, timestamp } = record;
  return {
    origin: { topic, partition, offset, timestamp },
    attempts: 0,
    deliveries: 0,
    redrives: 0,
    firstFailedAt: null,
  };
}

/** Reads a record of a tier. Numbers that are missing or broken count as 0: the record is then due at once. */
export function readWaiting(record: StoredRecord): Waiting {
  const optional = (name: string) => {
    const text = headerText(record, name);
    if (text === undefined) return null;
    const value = Number(text);
    return value >= 0 && value <= Number.MAX_SAFE_INTEGER ? Math.ceil(value) : 0;
  };
  const number = (name: string) => optional(name) ?? 0;
  const replay = headerText(record, names.REPLAY);
  return {
    handlerId: headerText(record, names.HANDLER) ?? null,
    origin: originOf(record),
    attempts: number(names.ATTEMPTS),
    deliveries: number(names.DELIVERIES),
    redrives: number(names.REDRIVES),
    firstFailedAt: optional(names.FIRST_FAILED_AT),
    replay:
      replay === undefined
        ? undefined
        : { id: replay, again: headerText(record, names.REPLAY_AGAIN) === 'true' },
    due: number(names.DUE),
    remainingMs: number(names.REMAINING),
    unknownSince: optional(names.UNKNOWN_SINCE),
  };
}

/** The headers that the publisher gave, in their order. */
export function originalHeaders(record: Pick<StoredRecord, 'headers'>): RecordHeaders {
  return record.headers.filter(([name]) => !name.startsWith(names.TRAMLINE_PREFIX));
}

/** Headers that say where an event failed and how often, for tiers and dead letters alike. */
export function failureHeaders(
  handlerId: string,
  group: string,
  history: History,
  failedAt: number | null,
  error: Error | null,
): [string, Uint8Array][] {
  const { origin, replay } = history;
  const fields: [string, string | number | null][] = [
    [names.HANDLER, handlerId],
    [names.GROUP, group],
    [names.ATTEMPTS, history.attempts],
    [names.DELIVERIES, history.deliveries],
    [names.ORIGIN_TOPIC, origin.topic],
    [names.ORIGIN_PARTITION, origin.partition],
    [names.ORIGIN_OFFSET, origin.offset],
    [names.ORIGIN_TIMESTAMP, origin.timestamp],
    [names.REDRIVES, history.redrives === 0 ? null : history.redrives],
    [names.REPLAY, replay?.id ?? null],
    [names.REPLAY_AGAIN, replay?.again ? 'true' : null],
    [names.FIRST_FAILED_AT, history.firstFailedAt ?? failedAt],
    [names.LAST_FAILED_AT, failedAt],
    [
      names.ERROR_CLASS,
      error &&
        asText(error.constructor?.name === 'Error' ? error.name : (error.constructor?.name ?? error.name)),
    ],
    [names.ERROR_MESSAGE, error && cut(asText(error.message), 2_048)],
  ];
  return fields.flatMap(([name, value]) => (value === null ? [] : [textHeader(name, value)]));
}

/** Numbers are whole in headers; rounded up, so that nothing becomes due early. */
export function textHeader(name: string, value: string | number): [string, Uint8Array] {
  return [name, Buffer.from(typeof value === 'number' ? String(Math.ceil(value)) : value)];
}

/** What an error says as its message or stack: by its type a text, in truth whatever somebody put there. */
export function asText(said: unknown): string {
  return typeof said === 'string' ? said : asError(said).message;
}

/** At most `bytes` bytes of UTF-8, without half a character at the end. */
export function cut(text: string, bytes: number): string {
  const encoded = Buffer.from(text);
  if (encoded.length <= bytes) return text;
  return encoded
    .subarray(0, bytes)
    .toString()
    .replace(/\uFFFD+$/, '');
}

/** A text that names an event's place for good: `topic/partition/offset`. */
export function originName(origin: Origin): string {
  return `${partitionName(origin)}/${origin.offset}`;
}
