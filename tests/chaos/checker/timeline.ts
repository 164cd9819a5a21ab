import { textOf, type Found } from './found.ts';

/** What happened at some time, milliseconds since 1970. */
export interface Moment {
  readonly at: number;
  readonly what: string;
}

/** Faults this long before and after belong to the story. */
const AROUND_MS = 60_000;

/** All that is known of one user or one step, with the faults around it, in order. */
export function timeline(subject: string, found: Found, faults: readonly Moment[]): Moment[] {
  const story = [...ofUser(subject, found), ...ofStep(subject, found)];
  if (story.length === 0) return [...faults];
  const times = story.map(({ at }) => at);
  const [from, to] = [Math.min(...times) - AROUND_MS, Math.max(...times) + AROUND_MS];
  return [...story, ...faults.filter(({ at }) => at >= from && at <= to)].sort((a, b) => a.at - b.at);
}

function* ofUser(userId: string, found: Found): Generator<Moment> {
  for (const { at } of found.registered.filter((one) => one.userId === userId))
    yield { at, what: 'the answer was 201' };
  const announced = found.announced.filter(({ key }) => key === userId);
  for (const { at, eventId, partition, offset } of announced)
    yield { at, what: `event ${eventId} lies in user.registered, partition ${partition}, offset ${offset}` };
  for (const { at, points } of found.ledger.filter((row) => row.userId === userId))
    yield { at, what: `${points} points` };
  for (const { at, eventId } of found.awarded.filter(({ key }) => key === userId))
    yield { at, what: `event ${eventId} announces points` };
  for (const user of found.users.filter((one) => one.userId === userId)) {
    yield { at: user.at, what: `${user.email} registers` };
    for (const { at, idempotencyKey } of found.sms.get(user.phone) ?? [])
      yield { at, what: `SMS under the key ${idempotencyKey}` };
  }
  const places = new Set(announced.map(textOf));
  for (const letter of found.letters)
    if (places.has(textOf(letter)))
      yield { at: letter.at, what: `dead letter of ${letter.group}, ${letter.handlerId}: ${letter.reason}` };
}

function* ofStep(eventId: string, found: Found): Generator<Moment> {
  for (const { at, key, partition, offset } of found.loggedSteps.filter((one) => one.eventId === eventId))
    yield { at, what: `step of ${key} lies in partition ${partition}, offset ${offset}` };
  for (const { at, partition, offset } of found.steps.filter((one) => one.eventId === eventId))
    yield { at, what: `a witness sees it: partition ${partition}, offset ${offset}` };
}
