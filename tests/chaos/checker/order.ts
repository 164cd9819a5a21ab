import type { Found, Violation } from './found.ts';

/**
 * What the witnesses committed arrived, what they rolled back did not, and first appearances of a key, in the log and at the
 * handler, are in the order of commit. Repeats may trail.
 */
export function* orderOfSteps({
  committedSteps,
  loggedSteps,
  steps,
  poisoned,
}: Pick<Found, 'committedSteps' | 'loggedSteps' | 'steps' | 'poisoned'>): Generator<Violation> {
  const places = new Map(committedSteps.map(({ eventId, key, count }) => [eventId, { key, count }]));
  const handled = new Set(steps.map(({ eventId }) => eventId));
  for (const { eventId, key, count } of committedSteps)
    if (!handled.has(eventId))
      yield { text: `step ${count} of ${key} is committed, and no witness saw it`, subject: eventId };
  const ours = new Set(poisoned.map(({ topic, partition, offset }) => `${topic} ${partition} ${offset}`));
  for (const { eventId, partition, offset } of loggedSteps)
    if (!places.has(eventId) && !ours.has(`soak.registered ${partition} ${offset}`))
      yield { text: `the step ${eventId} was rolled back, and is announced`, subject: eventId };
  yield* inOrder('in the log', loggedSteps, places);
  yield* inOrder('at the handler', steps, places);
}

function* inOrder(
  where: string,
  appearances: readonly { readonly eventId: string }[],
  places: ReadonlyMap<string, { readonly key: string; readonly count: number }>,
): Generator<Violation> {
  const seen = new Set<string>();
  const last = new Map<string, number>();
  for (const { eventId } of appearances) {
    const place = places.get(eventId);
    if (!place || seen.has(eventId)) continue;
    seen.add(eventId);
    const before = last.get(place.key) ?? 0;
    if (place.count < before)
      yield {
        text: `step ${place.count} of ${place.key} first appears behind ${before} ${where}`,
        subject: eventId,
      };
    last.set(place.key, Math.max(before, place.count));
  }
}
