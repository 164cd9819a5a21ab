import type { Effect, InboxStore } from '@tramline/core/outbox';
import type { ModelSession } from './session.js';
import { effectNames, type Tables } from './tables.js';

/** `remember` at the database. Who remembers the same effect waits until this transaction ended. */
export async function rememberIn(
  session: ModelSession,
  tables: Tables,
  effect: Effect,
  now: number,
): Promise<boolean> {
  session.assertUsable();
  const names = effectNames(effect);
  for (const name of [...names].sort()) await session.lock(`inbox ${name}`, 'exclusive');
  const find = (name: string) => session.inbox.get(name) ?? tables.inbox.get(name);
  const known = names.find(find);
  const { topic, partition, offset } = effect.origin;
  const before = known === undefined ? undefined : find(known);
  session.inbox.set(known ?? names[0]!, {
    ...(before ?? { group: effect.group, topic, partition }),
    position: Math.max(before?.position ?? 0, offset),
    seenAt: now,
  });
  return known === undefined;
}

/** `known` at the database. */
export function knownIn(
  tables: Tables,
  ...[group, handlerId, eventIds]: Parameters<InboxStore<unknown>['known']>
): ReadonlySet<string> {
  const known = (eventId: string) =>
    effectNames({ group, handlerId, aliases: [], eventId }).some((name) => tables.inbox.has(name));
  return new Set(eventIds.filter(known));
}

/** `effects` at the database. */
export function effectsIn(
  tables: Tables,
  ...[group, ranges]: Parameters<InboxStore<unknown>['effects']>
): number {
  return [...tables.inbox.values()].filter(
    (row) =>
      row.group === group &&
      ranges.some(
        ({ topic, partition, from, to }) =>
          topic === row.topic && partition === row.partition && row.position >= from && row.position < to,
      ),
  ).length;
}

/** `forget` at the database. */
export function forgetIn(
  tables: Tables,
  now: number,
  ...[group, committed, keepMs, limit]: Parameters<InboxStore<unknown>['forget']>
): number {
  const gone = [...tables.inbox].filter(
    ([, row]) =>
      row.group === group &&
      row.seenAt < now - keepMs &&
      committed.some(
        ({ topic, partition, offset }) =>
          topic === row.topic && partition === row.partition && row.position < offset,
      ),
  );
  for (const [name] of gone.slice(0, limit)) tables.inbox.delete(name);
  return Math.min(gone.length, limit);
}
