import type { EventRef } from '../contract/contract.js';
import { ContractRegistry } from '../contract/contract-registry.js';
import { ConfigurationError } from '../errors.js';
import { resolveConsumer } from '../consume/consumer-settings.js';
import { groupFault } from '../names.js';
import type { TopicOptions } from '../options.js';
import { publisherSettings } from '../publish/publisher-options.js';
import type { Duration } from '../time/duration.js';
import { differencesOf } from '../topology/differences.js';
import { eventTopics, groupTopics } from '../topology/specs.js';
import { largestEvent, Topology } from '../topology/topology.js';
import type { TopicChange, TopicSpec } from '../transport/admin.js';
import type { OpsPorts } from './ports.js';

/** Events and groups whose topics must be there. */
export interface WantedTopics {
  readonly contracts: readonly EventRef[];
  readonly groups?: readonly WantedGroup[];
  /** As in the options of the bus. `topology` does not matter here. */
  readonly topics?: Omit<TopicOptions, 'topology'>;
  /** The largest event, bytes. Default as in the options of the bus. */
  readonly maxEventBytes?: number;
}

export interface WantedGroup {
  readonly group: string;
  /** As `consumer.retryTiers`. Default 10s, 1m, 10m, 1h. */
  readonly retryTiers?: readonly Duration[];
}

/** What there is to do. Names are those on the broker. */
export interface TopicPlan {
  readonly create: readonly TopicSpec[];
  /** Topics with fewer partitions than wanted. Events of a key may cross while it moves to another partition. */
  readonly grow: readonly { readonly topic: string; readonly from: number; readonly to: number }[];
  /** Topics that get other settings, and which of `differences` end by it. Nothing can be lost by any of them. */
  readonly alter: readonly {
    readonly topic: string;
    readonly settings: TopicChange;
    readonly differences: readonly string[];
  }[];
  /** What differs in topics that exist, a sentence each. */
  readonly differences: readonly string[];
  /** Those of `differences` that somebody has to decide about: records could be lost, or their order. */
  readonly left: readonly string[];
  /** Topics that are as they must be. */
  readonly right: readonly string[];
}

/** @throws ConfigurationError with every fault of what is wanted, TransportError */
export async function planTopics(ports: OpsPorts, wanted: WantedTopics): Promise<TopicPlan> {
  const { transport } = ports;
  const specs = await wantedSpecs(ports, wanted);
  const found = new Map(
    (await transport.topics.describe(specs.map(({ name }) => name))).map((topic) => [topic.name, topic]),
  );
  const existing = specs.filter(({ name }) => found.has(name));
  const grow = existing.flatMap(({ name, partitions = 0 }) => {
    const from = found.get(name)!.partitions;
    return partitions > from ? [{ topic: name, from, to: partitions }] : [];
  });
  const differing = existing.map((spec) => ({
    name: spec.name,
    differences: differencesOf(spec, found.get(spec.name)!, transport),
  }));
  const alter = differing.flatMap(({ name, differences }) => {
    const mended = differences.filter(({ mend }) => mend !== undefined);
    if (mended.length === 0) return [];
    const settings: TopicChange = Object.assign({}, ...mended.map(({ mend }) => mend));
    return [{ topic: name, settings, differences: mended.map(({ text }) => text) }];
  });
  const all = differing.flatMap(({ differences }) => differences);
  const right = differing.filter(
    ({ name, differences }) => differences.length === 0 && !grow.some(({ topic }) => topic === name),
  );
  return {
    create: specs.filter(({ name }) => !found.has(name)),
    grow,
    alter,
    differences: all.map(({ text }) => text),
    left: all.filter(({ mend }) => mend === undefined).map(({ text }) => text),
    right: right.map(({ name }) => name),
  };
}

/** @throws TransportError */
export async function applyPlan({ transport }: OpsPorts, { create, grow, alter }: TopicPlan): Promise<void> {
  if (create.length > 0) await transport.topics.create(create);
  for (const { topic, to } of grow) await transport.topics.grow(topic, to);
  for (const { topic, settings } of alter) await transport.topics.alter(topic, settings);
}

async function wantedSpecs({ transport, naming }: OpsPorts, wanted: WantedTopics): Promise<TopicSpec[]> {
  const faults: string[] = [];
  const registry = new ContractRegistry();
  wanted.contracts.forEach((ref, index) => registry.add(ref, `contracts[${index}]`));
  faults.push(...registry.allFaults());
  const { maxEventBytes } = publisherSettings(
    wanted.maxEventBytes === undefined ? {} : { maxEventBytes: wanted.maxEventBytes },
    faults,
  );
  const settings = Topology.settings({ ...wanted.topics, topology: 'off' }, maxEventBytes, faults);
  const groups = (wanted.groups ?? []).map(({ group, retryTiers }) => {
    const fault = groupFault(group);
    if (fault) faults.push(`group: ${fault}`);
    return { group, tiers: resolveConsumer(retryTiers ? { retryTiers } : {}, faults).ladder.tiers };
  });
  if (faults.length > 0) throw new ConfigurationError(faults);
  const contracts = wanted.contracts.map((ref) => registry.resolveForHandling(ref));
  const events = eventTopics(contracts, naming, settings);
  const largest = await largestEvent(transport, events, maxEventBytes);
  return [
    ...events,
    ...groups.flatMap(({ group, tiers }) =>
      groupTopics(group, tiers, naming, { ...settings, maxEventBytes: largest }),
    ),
  ];
}
