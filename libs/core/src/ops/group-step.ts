import * as names from '../envelope/headers.js';
import { headerText } from '../envelope/origin.js';
import { originName, readWaiting } from '../failure/failed-event.js';
import { readLetter, type Letter } from '../failure/letter.js';
import type { FoundEvent } from './found-events.js';
import type { OpsPorts } from './ports.js';
import { readDue } from './read-due.js';

/** What became of an event in a group, as far as it can be seen from outside. */
export type GroupStep =
  /** It lies in a topic that the group reads. */
  | { readonly kind: 'arrived'; readonly event: FoundEvent }
  /**
   * A handler failed it; it waits in a retry tier, or, redriven or replayed, to be run at once. Times are milliseconds since
   * 1970.
   */
  | {
      readonly kind: 'waiting';
      readonly event: FoundEvent;
      /** Null when a foreign client wrote the record. */
      readonly handlerId: string | null;
      readonly attempts: number;
      readonly nextAttempt: number;
      readonly errorClass: string;
      readonly errorMessage: string;
    }
  /** A handler gave it up. */
  | { readonly kind: 'dead'; readonly event: FoundEvent; readonly letter: Letter }
  /**
   * The group is through with it. `handlerId`: that handler, after retries; null: all its handlers, but for those in `left`, for
   * which it waits in a tier or is a dead letter.
   */
  | {
      readonly kind: 'done';
      readonly event: FoundEvent;
      readonly handlerId: string | null;
      readonly left: readonly string[];
    };

/** What a record in one of the topics of a group says. */
export function stepOf({ naming }: OpsPorts, group: string, event: FoundEvent): GroupStep {
  const kind = naming.groupTopic(event.topic)?.kind;
  if (kind === 'dead') return { kind, event, letter: readLetter(event.record, group, naming) };
  if (kind !== 'tier' && kind !== 'now') return { kind: 'arrived', event };
  const { handlerId, attempts, remainingMs } = readWaiting(event.record);
  return {
    kind: 'waiting',
    ...{ event, handlerId, attempts },
    nextAttempt: readDue(event.record) + remainingMs,
    errorClass: headerText(event.record, names.ERROR_CLASS) ?? '',
    errorMessage: headerText(event.record, names.ERROR_MESSAGE) ?? '',
  };
}

/** The event's place of origin, which all its copies name. */
export function originOfStep(step: GroupStep): string {
  if (step.kind === 'dead') return originName(step.letter.history.origin);
  if (step.kind === 'waiting') return originName(readWaiting(step.event.record).origin);
  return originName(step.event);
}
