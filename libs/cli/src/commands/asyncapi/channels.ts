import { formatDuration, type Contract, type ServiceDescription } from '@tramline/core/ops';
import type { DocumentParts, Json } from './document.js';
import { keyOf, LETTER, ref, WAITING } from './names.js';

/** A group and its tiers, milliseconds, ascending. Groups of broadcasts keep nothing, and are left out. */
export interface DocumentedGroup {
  readonly group: string;
  readonly tiersMs: readonly number[];
}

export function groupsOf(services: readonly ServiceDescription[]): readonly DocumentedGroup[] {
  const groups = new Map<string, Set<number>>();
  for (const { handlers, tiersMs } of services) {
    for (const { group, broadcast } of handlers) {
      if (broadcast) continue;
      const tiers = groups.get(group) ?? new Set<number>();
      groups.set(group, tiers);
      for (const tier of tiersMs) tiers.add(tier);
    }
  }
  return [...groups].map(([group, tiers]) => ({ group, tiersMs: [...tiers].sort((a, b) => a - b) }));
}

const binding = (topic: string): Json => ({ kafka: { topic, bindingVersion: '0.5.0' } });

/** The topics of events, with every type that is published there. */
export function eventChannels(contracts: readonly Contract[], { namespace }: DocumentParts): Json {
  const topics = new Map<string, Contract[]>();
  for (const one of contracts) topics.set(one.topic, [...(topics.get(one.topic) ?? []), one]);
  return Object.fromEntries(
    [...topics].map(([topic, types]) => {
      const address = addressOf(namespace, topic);
      const messages = types.map(({ type }) => [keyOf(type), ref(`components/messages/${keyOf(type)}`)]);
      return [
        keyOf(topic),
        { address, messages: Object.fromEntries(messages) as Json, bindings: binding(address) },
      ];
    }),
  );
}

/** The topics that groups keep for themselves, as far as events pass through them. */
export function groupChannels(groups: readonly DocumentedGroup[], { namespace }: DocumentParts): Json {
  const channel = (topic: string, message: string, description: string) => {
    const address = addressOf(namespace, topic);
    const messages = { [keyOf(message)]: ref(`components/messages/${keyOf(message)}`) };
    return [keyOf(topic), { address, description, messages, bindings: binding(address) }];
  };
  return Object.fromEntries(
    groups.flatMap(({ group, tiersMs }) => [
      ...tiersMs.map((ms) =>
        channel(
          `${group}.retry.${formatDuration(ms)}`,
          WAITING,
          `Retry tier of group ${group}: events that a handler failed wait here for ${formatDuration(ms)}.`,
        ),
      ),
      channel(`${group}.dead`, LETTER, `Dead letters of group ${group}: events that a handler gave up.`),
    ]),
  ) as Json;
}

const addressOf = (namespace: string | null, topic: string): string =>
  namespace === null ? topic : `${namespace}.${topic}`;
