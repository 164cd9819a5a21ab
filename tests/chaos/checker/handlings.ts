import type { Found, Logged } from './found.ts';
import type { Handling } from './pauses.ts';

/** When each event was written and first handled, by group: those groups whose work is seen from outside. */
export function handlings({
  announced,
  loggedSteps,
  sms,
  ledger,
  steps,
}: Found): Readonly<Record<string, readonly Handling[]>> {
  const sent = firsts([...sms.values()].flat(), (one) => one.idempotencyKey);
  const awarded = firsts(ledger, ({ userId }) => userId);
  const seen = firsts(steps, ({ eventId }) => eventId);
  return {
    sms: announced.flatMap((one) => handling(one, sent.get(one.eventId))),
    points: announced.flatMap((one) => handling(one, awarded.get(one.key))),
    witness: loggedSteps.flatMap((one) => handling(one, seen.get(one.eventId))),
  };
}

/** @returns when what has this id came first */
function firsts<T extends { readonly at: number }>(
  all: readonly T[],
  idOf: (one: T) => string,
): Map<string, number> {
  const times = new Map<string, number>();
  for (const one of all) if (!times.has(idOf(one))) times.set(idOf(one), one.at);
  return times;
}

/** None for what was never handled. */
function handling({ partition, at }: Logged, handledAt: number | undefined): Handling[] {
  return handledAt === undefined ? [] : [{ partition, writtenAt: at, handledAt }];
}
