import type { Envelope } from '../envelope/envelope.js';
import * as names from '../envelope/headers.js';
import { headerText } from '../envelope/origin.js';
import { toEnvelope, type EnvelopeDefaults } from '../envelope/to-envelope.js';
import type { StoredRecord } from '../transport/records.js';
import { letterId } from './dead-letter.js';
import { readWaiting, type History } from './failed-event.js';

/** A dead letter as operators see it. Times are milliseconds since 1970. */
export interface Letter {
  readonly id: string;
  readonly handlerId: string;
  readonly history: History;
  readonly reason: string;
  readonly errorClass: string;
  readonly errorMessage: string;
  readonly errorStack: string;
  readonly diedAt: number;
  /** The body was too large: it has to be read where the event came from. */
  readonly byReference: boolean;
  readonly envelope: Envelope;
  /** The record in the dead-letter topic, with the event's own bytes. */
  readonly record: StoredRecord;
}

/** Reads a record of a dead-letter topic. A record that Tramline did not write is a letter of handler `*` too. */
export function readLetter(record: StoredRecord, group: string, defaults: EnvelopeDefaults): Letter {
  const text = (name: string) => headerText(record, name);
  const history = readWaiting(record);
  const handlerId = history.handlerId ?? '*';
  return {
    id: text(names.LETTER_ID) ?? letterId(group, handlerId, history),
    handlerId,
    history,
    reason: text(names.REASON) ?? 'unknown',
    errorClass: text(names.ERROR_CLASS) ?? '',
    errorMessage: text(names.ERROR_MESSAGE) ?? '',
    errorStack: text(names.ERROR_STACK) ?? '',
    diedAt: record.timestamp,
    byReference: text(names.BY_REFERENCE) === 'true',
    envelope: toEnvelope(record, defaults),
    record,
  };
}
