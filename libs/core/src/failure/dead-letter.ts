import { createHash } from 'node:crypto';
import * as names from '../envelope/headers.js';
import type { OutgoingRecord, StoredRecord } from '../transport/records.js';
import type { DeathReason } from './decide.js';
import {
  asText,
  cut,
  failureHeaders,
  originalHeaders,
  originName,
  textHeader,
  type History,
} from './failed-event.js';

/** The handler named by letters of records that no handler could be given. */
export const ANY_HANDLER = '*';

const STACK_BYTES = 8 * 1024;

/**
 * The same for every copy of one death, so that copies can be told: hash of group, handler, origin, how often the event was
 * redriven before, and which replay brought it, if one did.
 */
export function letterId(
  group: string,
  handlerId: string,
  { origin, redrives, replay }: Pick<History, 'origin' | 'redrives' | 'replay'>,
): string {
  const text = JSON.stringify([
    group,
    handlerId,
    originName(origin),
    redrives,
    ...(replay ? [replay.id] : []),
  ]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** A dead letter: the event as it was, and why it died. */
export function deadLetter(
  record: StoredRecord,
  handlerId: string,
  group: string,
  history: History,
  error: Error,
  reason: DeathReason,
  now: number,
): OutgoingRecord {
  return {
    key: record.key,
    value: record.value,
    headers: [...originalHeaders(record), ...deathHeaders(handlerId, group, history, error, reason, now)],
  };
}

/** The letter of an event that does not fit into the dead-letter topic: where it came from and why it died, without body. */
export function deadLetterByReference(
  record: StoredRecord,
  handlerId: string,
  group: string,
  history: History,
  error: Error,
  reason: DeathReason,
  now: number,
): OutgoingRecord {
  const kept = originalHeaders(record).filter(([name]) => name.startsWith('ce_') && name.length < 64);
  return {
    key: record.key && record.key.byteLength <= STACK_BYTES ? record.key : null,
    value: null,
    headers: [
      ...kept.map(([name, value]) => [name, value && value.byteLength <= 1_024 ? value : null] as const),
      ...deathHeaders(handlerId, group, history, error, reason, now),
      textHeader(names.BY_REFERENCE, 'true'),
    ],
  };
}

function deathHeaders(
  handlerId: string,
  group: string,
  history: History,
  error: Error,
  reason: DeathReason,
  now: number,
) {
  return [
    ...failureHeaders(handlerId, group, history, now, error),
    textHeader(names.LETTER_ID, letterId(group, handlerId, history)),
    textHeader(names.REASON, reason),
    textHeader(names.ERROR_STACK, cut(asText(error.stack ?? error.message), STACK_BYTES)),
  ];
}
