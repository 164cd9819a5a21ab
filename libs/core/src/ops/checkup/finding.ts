import type { ServiceDescription } from '../../description.js';
import type { OpsParts } from '../ports.js';
import type { ListedTopic } from '../topic-ops.js';

/**
 * What a checkup found.
 * - `ok`: it is as it must be.
 * - `hint`: perhaps as it is meant.
 * - `warning`: it works now, and will not when something else happens.
 * - `fault`: it does not work, or events are lost.
 */
export interface Finding {
  /** What was looked at: a word, stable. */
  readonly check: 'topology' | 'retention' | 'clocks' | 'tiers' | 'letters' | 'groups' | 'events';
  readonly level: 'ok' | 'hint' | 'warning' | 'fault';
  readonly message: string;
  /** What to do about it; null where there is nothing to do. */
  readonly fix: string | null;
}

/** What checks look at, asked once. */
export interface Scene {
  readonly parts: OpsParts;
  readonly services: readonly ServiceDescription[];
  /** Every topic of the namespace. */
  readonly topics: readonly ListedTopic[];
}

export const ok = (check: Finding['check'], message: string): Finding => ({
  ...{ check, message },
  level: 'ok',
  fix: null,
});

/** `1 event waits`, `12 events wait`. */
export const waitingEvents = (count: number): string =>
  count === 1 ? '1 event waits' : `${count} events wait`;

/** The groups that keep something, and the tiers that configuration names for them. */
export function groupsOf(services: readonly ServiceDescription[]): ReadonlyMap<string, readonly number[]> {
  const groups = new Map<string, readonly number[]>();
  for (const { handlers, tiersMs } of services) {
    for (const { group, broadcast } of handlers) {
      if (!broadcast) groups.set(group, [...new Set([...(groups.get(group) ?? []), ...tiersMs])]);
    }
  }
  return groups;
}
