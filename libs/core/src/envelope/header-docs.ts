import * as names from './headers.js';

/** A header as documents describe it; all are text. */
export interface HeaderDoc {
  readonly name: string;
  readonly about: string;
  /** A record without it is accepted, but Tramline always writes it. */
  readonly always: boolean;
}

const header = (name: string, about: string, always = false): HeaderDoc => ({ name, about, always });

/** Headers of every event: CloudEvents 1.0 in binary mode, and W3C trace context. */
export const ENVELOPE_HEADERS: readonly HeaderDoc[] = [
  header(names.CE_SPECVERSION, 'Version of CloudEvents: 1.0', true),
  header(names.CE_ID, "The event's id; the same when it is sent again", true),
  header(names.CE_TYPE, 'What happened: the name of the contract', true),
  header(names.CE_SOURCE, 'The service that published it', true),
  header(names.CE_TIME, 'When it happened, RFC 3339', true),
  header(names.CONTENT_TYPE, 'How the value is encoded', true),
  header(names.CE_PARTITIONKEY, 'Its key, where it has one'),
  header(names.CE_SUBJECT, 'What it is about'),
  header(names.CE_CORRELATIONID, 'What it belongs to'),
  header(names.CE_CAUSATIONID, 'The id of the event whose handling published it'),
  header(names.TRACEPARENT, 'W3C trace context'),
  header(names.TRACESTATE, 'W3C trace context'),
];

/** Headers that records in retry tiers have besides. */
export const RETRY_HEADERS: readonly HeaderDoc[] = [
  header(names.HANDLER, 'The handler that it waits for', true),
  header(names.GROUP, 'Its group', true),
  header(names.ATTEMPTS, 'Runs of the handler so far', true),
  header(names.DELIVERIES, 'Deliveries so far that ended in a wait', true),
  header(names.DUE, 'When this tier lets it go, milliseconds since 1970', true),
  header(names.REMAINING, 'Milliseconds to be waited in further tiers'),
  header(names.ORIGIN_TOPIC, 'Where the event came from', true),
  header(names.ORIGIN_PARTITION, 'Where the event came from', true),
  header(names.ORIGIN_OFFSET, 'Where the event came from', true),
  header(names.ORIGIN_TIMESTAMP, 'When it was written there, milliseconds since 1970', true),
  header(names.FIRST_FAILED_AT, 'Milliseconds since 1970'),
  header(names.LAST_FAILED_AT, 'Milliseconds since 1970'),
  header(names.REDRIVES, 'How often it was redriven'),
  header(names.REPLAY, 'The replay that brought it'),
  header(names.ERROR_CLASS, 'Class of the last error'),
  header(names.ERROR_MESSAGE, 'Message of the last error'),
];

/** Headers that dead letters have besides those of the tiers. */
export const DEAD_HEADERS: readonly HeaderDoc[] = [
  header(names.LETTER_ID, 'Id of the letter; the same for copies of it', true),
  header(names.REASON, 'Why it was given up', true),
  header(names.ERROR_STACK, 'Stack of the last error, at most 8 KiB'),
  header(names.BY_REFERENCE, "'true': too large to be copied; it lies where it came from"),
];
