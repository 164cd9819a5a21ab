import { ConfigurationError } from '../errors.js';
import { groupTopic, topicFault } from '../names.js';
import type { Naming } from '../naming.js';
import type { PartitionOffsets, TopicDescription, TopicSpec } from '../transport/admin.js';
import { TransportError } from '../transport/transport-error.js';
import { OpsRefusedError } from './errors.js';
import type { OpsPorts } from './ports.js';
import { applyPlan, planTopics, type TopicPlan, type WantedTopics } from './topic-plan.js';

/** What a topic is for: events, or one of a group's own. `now`: the tier of redriven events. */
export type TopicKind = 'events' | 'tier' | 'now' | 'dead' | 'dead-state' | 'state';

/** A topic of this namespace and how it is set up. `name` is without the namespace. */
export interface ListedTopic extends Omit<TopicDescription, 'name'> {
  readonly name: string;
  /** As the broker knows it. */
  readonly fullName: string;
  readonly kind: TopicKind;
  /** Whose own topic it is; null for events. */
  readonly group: string | null;
}

export interface TopicDetails extends ListedTopic {
  readonly offsets: readonly PartitionOffsets[];
  /** Offsets in use: records, and a little more where records were compacted or belong to transactions. */
  readonly records: number;
}

export interface TopicListOptions {
  /** What names begin with, after the namespace. Default: all. */
  readonly prefix?: string;
  /** Also the groups' own topics. Default: only those of events. */
  readonly all?: boolean;
}

/** A topic of events to be made. Its settings are the transport's defaults where absent. */
export type NewTopic = Pick<
  TopicSpec,
  'name' | 'partitions' | 'replication' | 'retentionMs' | 'maxRecordBytes'
> & { readonly cleanup?: 'delete' | 'compact' };

/** Topics as an operator sees them; names are given and answered without the namespace. */
export class TopicOps {
  constructor(private readonly ports: OpsPorts) {}

  /** Sorted by name. What the broker keeps for itself is left out. @throws TransportError */
  async list({ prefix = '', all = false }: TopicListOptions = {}): Promise<ListedTopic[]> {
    const { transport, naming } = this.ports;
    const found = await transport.topics.list(naming.topic(prefix));
    const wanted = found.filter(
      (name) => !name.startsWith('__') && (all || naming.groupTopic(name) === undefined),
    );
    return (await transport.topics.describe(wanted)).map((one) => listed(one, naming));
  }

  /** In the order asked for. @throws TransportError `TRAMLINE_UNKNOWN_TOPIC` that names the missing ones */
  async describe(names: readonly string[]): Promise<TopicDetails[]> {
    const { transport, naming } = this.ports;
    const found = await this.found(names);
    return Promise.all(
      found.map(async (one) => {
        const offsets = await transport.topics.offsets(one.name);
        const records = offsets.reduce((sum, { earliest, end }) => sum + end - earliest, 0);
        return { ...listed(one, naming), offsets, records };
      }),
    );
  }

  /**
   * Makes topics of events; those that exist stay as they are. @throws ConfigurationError for names and numbers that cannot
   * be, all at once, before any was made
   */
  async create(
    topics: readonly NewTopic[],
    { dryRun = false }: { readonly dryRun?: boolean } = {},
  ): Promise<{ readonly created: readonly string[]; readonly existing: readonly string[] }> {
    const { transport, naming } = this.ports;
    const faults = topics.flatMap(topicFaults);
    if (faults.length > 0) throw new ConfigurationError(faults);
    const names = topics.map(({ name }) => naming.topic(name));
    const existing = new Set((await transport.topics.describe(names)).map(({ name }) => name));
    const missing = topics.filter(({ name }) => !existing.has(naming.topic(name)));
    if (!dryRun && missing.length > 0) {
      await transport.topics.create(
        missing.map(({ cleanup = 'delete', ...topic }) => ({
          ...topic,
          cleanup,
          name: naming.topic(topic.name),
        })),
      );
    }
    return {
      created: missing.map(({ name }) => name),
      existing: topics.filter((one) => !missing.includes(one)).map(({ name }) => name),
    };
  }

  /**
   * Deletes topics with all their records. Refused while a member of any group holds a partition of one, unless `force`.
   * @throws TransportError `TRAMLINE_UNKNOWN_TOPIC`, OpsRefusedError; nothing was deleted then
   */
  async delete(
    names: readonly string[],
    { dryRun = false, force = false }: { readonly dryRun?: boolean; readonly force?: boolean } = {},
  ): Promise<{ readonly deleted: readonly string[]; readonly records: number }> {
    const details = await this.describe(names);
    if (!force) await this.refuseWhileRead(details.map(({ fullName }) => fullName));
    if (!dryRun) await this.ports.transport.topics.delete(details.map(({ fullName }) => fullName));
    return {
      deleted: details.map(({ name }) => name),
      records: details.reduce((sum, { records }) => sum + records, 0),
    };
  }

  /** What there is to do so that the topics of these events and groups are as they must be. Changes nothing. */
  plan(wanted: WantedTopics): Promise<TopicPlan> {
    return planTopics(this.ports, wanted);
  }

  /** Makes what is missing, grows and alters what the plan says. What is `left` stays as it is. @throws TransportError */
  apply(plan: TopicPlan): Promise<void> {
    return applyPlan(this.ports, plan);
  }

  private async found(names: readonly string[]): Promise<TopicDescription[]> {
    const { transport, naming } = this.ports;
    const found = await transport.topics.describe(names.map((name) => naming.topic(name)));
    const missing = names.filter((name) => !found.some((one) => one.name === naming.topic(name)));
    if (missing.length === 0) return found;
    throw new TransportError(
      'TRAMLINE_UNKNOWN_TOPIC',
      `There is no topic ${missing.map((name) => `'${naming.topic(name)}'`).join(', ')}. List them, and check the namespace.`,
    );
  }

  private async refuseWhileRead(topics: readonly string[]): Promise<void> {
    const { transport, naming } = this.ports;
    for (const name of await transport.groups.list(naming.group(''))) {
      const { members } = await transport.groups.describe(name);
      const held = members.flatMap(({ partitions }) => partitions.map(({ topic }) => topic));
      const topic = topics.find((one) => held.includes(one));
      if (topic !== undefined)
        throw new OpsRefusedError(
          `Group '${naming.withoutNamespace(name)}' reads '${topic}' just now. Stop its processes first, or delete with force.`,
        );
    }
  }
}

function listed({ name: fullName, ...settings }: TopicDescription, naming: Naming): ListedTopic {
  const name = naming.withoutNamespace(fullName) ?? fullName;
  const own = groupTopic(name);
  return { ...settings, name, fullName, kind: own?.kind ?? 'events', group: own?.group ?? null };
}

function topicFaults({ name, partitions, replication }: NewTopic): string[] {
  const fault = topicFault(name);
  const faults = fault ? [`topic: ${fault}`] : [];
  for (const [what, value] of Object.entries({ partitions, replication })) {
    if (value !== undefined && (!Number.isInteger(value) || value < 1))
      faults.push(`topic '${name}': ${what} is ${String(value)}; give a whole number from 1.`);
  }
  return faults;
}
