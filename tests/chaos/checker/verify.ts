import type { Found, Violation } from './found.ts';
import { orderOfSteps } from './order.ts';
import { lettersOfPoison } from './letters.ts';

/** @returns what must not be */
export function verify(found: Found): Violation[] {
  return [
    ...answers(found),
    ...announcements(found),
    ...messages(found),
    ...points(found),
    ...mails(found),
    ...orderOfSteps(found),
    ...lettersOfPoison(found),
  ];
}

/** An answer 201 is a promise. */
function* answers({ registered, users }: Found): Generator<Violation> {
  const stored = new Map(users.map((user) => [user.userId, user]));
  for (const { userId, person } of registered)
    if (stored.get(userId)?.email !== person.email)
      yield { text: `${person.email} was answered 201, and is not registered`, subject: userId };
}

/** One event for each user; it may lie there more than once. */
function* announcements({ users, announced, poisoned }: Found): Generator<Violation> {
  const ids = Map.groupBy(announced, ({ key }) => key);
  const known = new Set([
    ...users.map(({ userId }) => userId),
    ...poisoned.flatMap(({ userId }) => userId ?? []),
  ]);
  for (const userId of known) {
    const count = new Set((ids.get(userId) ?? []).map(({ eventId }) => eventId)).size;
    if (count !== 1)
      yield { text: `${userId} was announced by ${count} events instead of 1`, subject: userId };
  }
  for (const userId of ids.keys())
    if (!known.has(userId)) yield { text: `${userId} was announced, and is not registered`, subject: userId };
}

function* messages({ users, sms }: Found): Generator<Violation> {
  const numbers = new Set<string>();
  for (const { userId, phone } of users) {
    numbers.add(phone);
    const count = sms.get(phone)?.length ?? 0;
    if (count !== 1) yield { text: `${userId} got ${count} SMS instead of 1`, subject: userId };
  }
  for (const phone of sms.keys())
    if (!numbers.has(phone)) yield { text: `${phone} got an SMS, and belongs to nobody` };
}

/** 100 for each, in one entry, announced by one event. Whoever was only announced gets them too. */
function* points({ users, ledger, awarded, poisoned }: Found): Generator<Violation> {
  const entries = Map.groupBy(ledger, ({ userId }) => userId);
  const events = Map.groupBy(awarded, ({ key }) => key);
  const known = [...users.map(({ userId }) => userId), ...poisoned.flatMap(({ userId }) => userId ?? [])];
  for (const userId of known) {
    const all = (entries.get(userId) ?? []).map((entry) => entry.points);
    if (all.length !== 1 || all[0] !== 100)
      yield { text: `${userId} has the points [${all.join()}] instead of [100]`, subject: userId };
    const count = new Set((events.get(userId) ?? []).map(({ eventId }) => eventId)).size;
    if (count !== 1)
      yield { text: `points for ${userId} were announced by ${count} events instead of 1`, subject: userId };
  }
  const somebody = new Set(known);
  for (const userId of entries.keys())
    if (!somebody.has(userId)) yield { text: `${userId} has points, and is nobody`, subject: userId };
}

/** A welcome and the news of the points, also for those whom only the gateway refuses. The box drops what comes twice. */
function* mails({ users, poisoned, mails: boxes }: Found): Generator<Violation> {
  const refused = poisoned.flatMap(({ userId, email }) => (userId && email ? [{ userId, email }] : []));
  for (const { userId, email } of [...users, ...refused]) {
    const count = boxes.get(email) ?? 0;
    if (count !== 2) yield { text: `${userId} got ${count} mails instead of 2`, subject: userId };
  }
}
