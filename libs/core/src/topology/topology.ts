import type { Contract } from '../contract/contract.js';
import type { Log } from '../log/log.js';
import type { Naming } from '../naming.js';
import type { TopicOptions } from '../options.js';
import { parseDuration } from '../time/duration.js';
import type { TopicSpec } from '../transport/admin.js';
import type { Transport } from '../transport/transport.js';
import { ensureTopics, type TopologyMode } from './ensure.js';
import { eventTopics, groupTopics, type TopicSettings } from './specs.js';

/** Topic options with all defaults in place. */
export interface TopologySettings extends TopicSettings {
  readonly mode: TopologyMode;
}

/** Sees to it that topics are there, each once. */
export class Topology {
  constructor(
    private readonly transport: Transport,
    private readonly naming: Naming,
    private readonly settings: TopologySettings,
    private readonly log: Log,
  ) {}

  /** Faults go to `faults`. */
  static settings(options: TopicOptions, maxEventBytes: number, faults: string[]): TopologySettings {
    const mode = options.topology ?? (process.env['NODE_ENV'] === 'production' ? 'verify' : 'create');
    if (!['create', 'verify', 'off'].includes(mode))
      faults.push(`topics.topology is ${JSON.stringify(mode)}; give 'create', 'verify' or 'off'.`);
    for (const name of ['partitions', 'replication'] as const) {
      const value = options[name];
      if (value !== undefined && (!Number.isInteger(value) || value < 1))
        faults.push(`topics.${name} is ${String(value)}; give a whole number from 1.`);
    }
    const deadRetentionMs = options.deadRetention === undefined ? null : parseDuration(options.deadRetention);
    if (deadRetentionMs === undefined)
      faults.push(
        `topics.deadRetention is ${JSON.stringify(options.deadRetention)}; write a duration such as '90d'.`,
      );
    const { partitions, replication } = options;
    return { mode, partitions, replication, maxEventBytes, deadRetentionMs: deadRetentionMs ?? null };
  }

  /** The topics of these events and groups. @throws TopologyError | TransportError */
  async ensure(
    contracts: readonly Contract[],
    groups: readonly string[],
    tiers: readonly number[],
  ): Promise<void> {
    const { settings, naming, transport } = this;
    if (settings.mode === 'off' && !transport.capabilities.alwaysCreates) return;
    const events = eventTopics(contracts, naming, settings);
    const maxEventBytes =
      groups.length > 0
        ? await largestEvent(transport, events, settings.maxEventBytes)
        : settings.maxEventBytes;
    const own = groups.flatMap((group) => groupTopics(group, tiers, naming, { ...settings, maxEventBytes }));
    await ensureTopics([...events, ...own], settings.mode, transport, this.log);
  }

  /**
   * A topic that is published to for the first time: made where topics are made here. Where they are not, a missing one is
   * told by the publish itself.
   */
  async ensureEventTopic(topic: string): Promise<void> {
    const { settings, transport } = this;
    if (settings.mode !== 'create' && !transport.capabilities.alwaysCreates) return;
    const { partitions, replication, maxEventBytes } = settings;
    await transport.topics.create([
      { name: topic, partitions, replication, cleanup: 'delete', maxRecordBytes: maxEventBytes },
    ]);
  }
}

/**
 * The largest event that these topics take, at least ours: others may publish larger ones than we do, and what fails has to fit
 * into the tiers.
 */
export async function largestEvent(
  transport: Transport,
  events: readonly TopicSpec[],
  ours: number,
): Promise<number> {
  const found = await transport.topics.describe(events.map(({ name }) => name));
  return Math.max(ours, ...found.map(({ maxRecordBytes }) => maxRecordBytes));
}
