import { firstBehind } from '../../../scripts/soak/check/first-behind.ts';
import { textOf, type Found, type Violation } from './found.ts';

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
  const committed = new Set(committedSteps.map(({ eventId }) => eventId));
  const handled = new Set(steps.map(({ eventId }) => eventId));
  for (const { eventId, key, count } of committedSteps)
    if (!handled.has(eventId))
      yield { text: `step ${count} of ${key} is committed, and no witness saw it`, subject: eventId };
  const ours = new Set(poisoned.map(textOf));
  for (const logged of loggedSteps)
    if (!committed.has(logged.eventId) && !ours.has(textOf(logged)))
      yield { text: `the step ${logged.eventId} was rolled back, and is announced`, subject: logged.eventId };
  yield* inOrder('in the log', loggedSteps, committedSteps);
  yield* inOrder('at the handler', steps, committedSteps);
}

function* inOrder(
  where: string,
  appearances: readonly { readonly eventId: string }[],
  committedSteps: Found['committedSteps'],
): Generator<Violation> {
  for (const { eventId, key, count, before } of firstBehind(appearances, committedSteps))
    yield { text: `step ${count} of ${key} first appears behind ${before} ${where}`, subject: eventId };
}
