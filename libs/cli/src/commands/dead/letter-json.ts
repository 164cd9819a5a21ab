import type { ListedLetter } from '@tramline/core/ops';
import { timeText } from '../../options/long-work.js';

/** A letter for programs. Times are ISO 8601. Documented in docs/guide/operations.md: fields are added, none is changed. */
export function letterJson(letter: ListedLetter) {
  const { id, handlerId, reason, errorClass, errorMessage, byReference, history, envelope, state } = letter;
  return {
    id,
    handlerId,
    type: envelope.type,
    key: envelope.key,
    eventId: envelope.id,
    reason,
    errorClass,
    errorMessage,
    diedAt: new Date(letter.diedAt).toISOString(),
    attempts: history.attempts,
    redrives: history.redrives,
    origin: {
      topic: history.origin.topic,
      partition: history.origin.partition,
      offset: history.origin.offset,
    },
    byReference,
    state: state ? { ...state, at: new Date(state.at).toISOString() } : null,
  };
}

/** What was done with a letter, in a few words. */
export function stateText({ state }: Pick<ListedLetter, 'state'>): string {
  if (state === undefined) return 'waits';
  if (state.state === 'redriving') return `possibly repeated (redrive ${state.n} was interrupted)`;
  return state.state === 'redriven' ? `redriven by ${state.actor}` : `discarded by ${state.actor}`;
}

/** The same at length: also when, and why it was discarded. */
export function decisionText(letter: Pick<ListedLetter, 'state'>): string {
  const { state } = letter;
  if (state === undefined) return stateText(letter);
  const why = state.state === 'discarded' ? `: ${state.reason}` : '';
  return `${stateText(letter)}, ${timeText(state.at)}${why}`;
}
