import type { WaitingEvent } from '@tramline/core/ops';
import { timeText } from '../../options/long-work.js';
import { wholeNumber } from '../../options/parse.js';
import type { Session } from '../../session.js';

export interface WaitingFlags {
  readonly handler?: string;
  readonly type?: string;
  readonly key?: string;
  readonly limit: string;
}

export async function listWaiting(session: Session, group: string, flags: WaitingFlags): Promise<void> {
  const { output, signal } = session;
  const { handler, type, key } = flags;
  const limit = wholeNumber('--limit', flags.limit, 1);
  const filter = {
    ...(handler !== undefined && { handlerId: handler }),
    ...(type !== undefined && { type }),
    ...(key !== undefined && { key }),
  };
  const { retries } = await session.ops();
  const rows: WaitingEvent[] = [];
  let told = 0;
  for await (const event of retries.waiting(group, filter, { signal })) {
    if (told === limit) {
      await output.note(`There are more: raise --limit.`);
      break;
    }
    told++;
    await output.json(waitingJson(event));
    if (!output.isJson) rows.push(event);
  }
  await output.table(
    ['HANDLER', 'TYPE', 'KEY', { title: 'ATTEMPTS', align: 'right' }, 'NEXT ATTEMPT', 'ERROR'],
    rows.map((event) => [
      ...[event.handlerId, event.envelope.type, event.envelope.key, event.history.attempts],
      ...[timeText(event.nextAttempt), event.errorMessage],
    ]),
    'Nothing waits.',
  );
}

function waitingJson({ tier, handlerId, due, nextAttempt, history, envelope, ...error }: WaitingEvent) {
  const { topic, partition, offset } = history.origin;
  return {
    tier,
    handlerId,
    type: envelope.type,
    key: envelope.key,
    eventId: envelope.id,
    attempts: history.attempts,
    due: timeText(due),
    nextAttempt: timeText(nextAttempt),
    errorClass: error.errorClass,
    errorMessage: error.errorMessage,
    origin: { topic, partition, offset },
  };
}
