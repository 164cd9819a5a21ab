import { Naming, TransportError } from '@tramline/core';
import type { Applied, Step, TopicKind } from '../scenario/steps.ts';
import type { World } from './world.ts';

const naming = new Naming();

/** What kind of topic it is, by its name. */
function kindOf(topic: string | undefined): TopicKind | undefined {
  return topic === undefined ? undefined : (naming.groupTopic(topic)?.kind ?? 'event');
}

/** How a call goes wrong. */
export function faultOf(applied: Applied, late: number) {
  return { applied: applied === 'late' ? { afterMs: late } : applied };
}

/** Of many failures in a row only the first two leave something: more copies would only make a run longer. */
export function failAppends(
  { broker }: World,
  { topic, times, applied, late }: Extract<Step, { kind: 'fail-append' }>,
): void {
  const where = (call: { readonly topic?: string }) => kindOf(call.topic) === topic;
  const leaving = applied === 'never' ? 0 : Math.min(2, times);
  if (leaving > 0) broker.failNext('append', faultOf(applied, late), { times: leaving, where });
  if (times > leaving) broker.failNext('append', {}, { times: times - leaving, where });
}

/** The broker finds records too large. */
export function refuseLarge({ broker }: World, kind: TopicKind, times: number): void {
  const error = new TransportError('TRAMLINE_RECORD_TOO_LARGE', 'The broker takes no record as large.');
  broker.failNext('append', { error }, { times, where: ({ topic }) => kindOf(topic) === kind });
}

/** The broker takes less metadata with a commit than it should. */
export function refuseMetadata({ broker }: World, times: number): void {
  const error = new TransportError('TRAMLINE_METADATA_TOO_LARGE', 'The broker takes less metadata.');
  broker.failNext('commit', { error }, { times });
}

/** The next records of a kind of topic are stored twice. */
export function doubleAppend(world: World, kind: TopicKind, times: number): void {
  const { journal } = world.oracle;
  // Which one it will be is not known; all of the kind are excused.
  for (const topic of world.broker.topics) if (kindOf(topic) === kind) journal.doubled.add(topic);
  world.broker.duplicateNext({
    times,
    where: ({ topic }) => kindOf(topic) === kind && journal.doubled.has(topic ?? ''),
  });
}

/** One partition more for one of the topics that may have more. */
export function grow(world: World, who: number): void {
  const growing = world.broker.topics.filter((topic) =>
    ['event', 'tier', 'now', 'dead'].includes(kindOf(topic) ?? ''),
  );
  const topic = growing[who % Math.max(1, growing.length)];
  if (topic !== undefined) world.broker.grow(topic, Math.min(6, world.broker.ends(topic).length + 1));
}
