import type { FoundEventFilter, GroupStep, Ops } from '@tramline/core/ops';
import { plural } from '../../options/long-work.js';
import { shown } from '../../output/text.js';
import { instant } from '../../output/time.js';
import type { Session } from '../../session.js';
import { eventJson, eventLine } from './show.js';

/** Shows what a group does with each event. @throws UnknownGroupError | TransportError */
export async function followGroup(
  session: Session,
  ops: Ops,
  group: string,
  filter: Omit<FoundEventFilter, 'topics' | 'to'>,
  limit: number,
  follow: boolean,
): Promise<void> {
  const { output, signal } = session;
  const note = (text: string) => void output.note(text).catch(() => undefined);
  const steps = ops.events.watch(group, filter, {
    signal,
    follow,
    onReady: () => note(`Following group ${group}. Ctrl-C ends it.`),
    onStatus: (status, error) => {
      if (status === 'away') note(`The broker is away, trying on: ${error?.message}`);
    },
  });
  let left = limit;
  for await (const step of steps) {
    await output.json(stepJson(step));
    await output.line(stepLine(step, session));
    if (--left === 0) return;
  }
}

function stepJson(step: GroupStep) {
  const event = eventJson(step.event);
  if (step.kind === 'waiting') {
    const { handlerId, attempts, nextAttempt, errorClass, errorMessage } = step;
    return { kind: step.kind, handlerId, attempts, nextAttempt, errorClass, errorMessage, event };
  }
  if (step.kind === 'dead') {
    const { id, handlerId, history, reason, errorClass, errorMessage } = step.letter;
    const { attempts } = history;
    return { kind: step.kind, letterId: id, handlerId, attempts, reason, errorClass, errorMessage, event };
  }
  if (step.kind === 'done') return { kind: step.kind, handlerId: step.handlerId, left: step.left, event };
  return { kind: step.kind, event };
}

function stepLine(step: GroupStep, session: Session): string {
  const { output } = session;
  if (step.kind === 'arrived') return `${output.paint(36, 'arrived')}  ${eventLine(step.event, session)}`;
  const { type, key } = step.event.envelope;
  const what = `${shown(type)}${key === null ? '' : ` ${shown(key)}`} (${step.event.envelope.id})`;
  if (step.kind === 'waiting') {
    const { handlerId, attempts, nextAttempt, errorClass, errorMessage } = step;
    const why = errorClass === '' ? '' : `: ${shown(`${errorClass}: ${errorMessage}`)}`;
    // Redriven or replayed: nothing has failed since.
    const until =
      nextAttempt <= step.event.timestamp ? 'to be run again at once' : `until ${instant(nextAttempt)}`;
    return `${output.paint(33, 'waiting')}  ${what} for ${shown(handlerId ?? '(unknown)')}, after ${plural(attempts, 'attempt')}, ${until}${why}`;
  }
  if (step.kind === 'dead') {
    const { id, handlerId, reason, errorClass, errorMessage } = step.letter;
    return `${output.paint(31, 'dead')}     ${what} for ${shown(handlerId)} (${reason}), letter ${id}: ${shown(`${errorClass}: ${errorMessage}`)}`;
  }
  const by = step.handlerId === null ? '' : ` by ${shown(step.handlerId)}`;
  const but = step.left.length > 0 ? `, but for ${step.left.map(shown).join(', ')}` : '';
  return `${output.paint(32, 'done')}     ${what}${by}${but}`;
}
