import { TransportError, type Clock, type TopicPartition, type TopicSpec } from '@tramline/core';
import { MemoryGroup } from './group.js';
import type { PartitionLog } from './partition-log.js';
import { MemoryTopic } from './topic.js';
import type { Watchers } from './watchers.js';

/** What the cluster takes from its broker. */
export interface ClusterEnvironment {
  readonly clock: Clock;
  /** The whole broker is down. */
  readonly away: boolean;
  readonly watchers: Watchers;
}

/** Names that Kafka accepts; a fake that takes more would let tests pass that fail later. */
const NAME = /^[a-zA-Z0-9._-]{1,249}$/;

/** The topics and groups of one {@link MemoryBroker}, as the broker itself sees them: at once, without a wire between. */
export class Cluster {
  readonly #topics = new Map<string, MemoryTopic>();
  readonly #groups = new Map<string, MemoryGroup>();
  readonly #topicWatchers = new Set<() => void>();
  #members = 0;

  constructor(
    readonly environment: ClusterEnvironment,
    readonly defaultPartitions: number,
  ) {}

  newMemberId(clientId: string): string {
    return `${clientId}-${++this.#members}`;
  }

  get topicNames(): string[] {
    return [...this.#topics.keys()].sort();
  }

  hasTopic(name: string): boolean {
    return this.#topics.has(name);
  }

  /** @throws TransportError `TRAMLINE_UNKNOWN_TOPIC` */
  topic(name: string): MemoryTopic {
    const topic = this.#topics.get(name);
    if (!topic) {
      throw new TransportError(
        'TRAMLINE_UNKNOWN_TOPIC',
        `Topic ${name} does not exist. Create it, or use topology 'create'.`,
      );
    }
    topic.expire(this.environment.clock.now());
    return topic;
  }

  /** @throws TransportError `TRAMLINE_UNKNOWN_TOPIC`, also for a partition that the topic does not have */
  partition({ topic, partition }: TopicPartition): PartitionLog {
    const { partitions } = this.topic(topic);
    const log = partitions[partition];
    if (log) return log;
    throw new TransportError(
      'TRAMLINE_UNKNOWN_TOPIC',
      `Topic ${topic} has ${partitions.length} partitions, counted from 0; there is no partition ${partition}.`,
    );
  }

  /** All partitions of those of the topics that exist. */
  partitionsOf(topics: readonly string[]): TopicPartition[] {
    return topics
      .filter((topic) => this.#topics.has(topic))
      .flatMap((topic) => this.topic(topic).partitions.map(({ partition }) => ({ topic, partition })));
  }

  create(specs: readonly TopicSpec[]): void {
    for (const { name, partitions = 1 } of specs) {
      if (NAME.test(name) && name !== '.' && name !== '..' && Number.isInteger(partitions) && partitions >= 1)
        continue;
      throw new TransportError(
        'TRAMLINE_REFUSED',
        `Topic ${JSON.stringify(name)} with ${partitions} partitions cannot be made: a name has 1 to 249 letters, ` +
          "digits, '.', '_' or '-', and a topic has at least 1 partition.",
      );
    }
    for (const spec of specs) {
      if (!this.#topics.has(spec.name))
        this.#topics.set(spec.name, new MemoryTopic(spec, this.defaultPartitions));
    }
    this.#topicsChanged();
  }

  grow(name: string, partitions: number): void {
    this.topic(name).grow(partitions);
    this.#topicsChanged();
  }

  delete(names: readonly string[]): void {
    for (const name of names) {
      this.#topics.delete(name);
      for (const group of this.#groups.values()) group.topicDeleted(name);
    }
    this.#topicsChanged();
  }

  group(name: string): MemoryGroup {
    let group = this.#groups.get(name);
    if (!group) this.#groups.set(name, (group = new MemoryGroup(name, this)));
    return group;
  }

  get groupNames(): string[] {
    return [...this.#groups.values()]
      .filter((group) => group.isKnown)
      .map((group) => group.name)
      .sort();
  }

  /** The broker went down or came back. */
  awayChanged(): void {
    for (const group of this.#groups.values()) group.sessionsChanged();
  }

  /** Calls `changed` after topics were made, grown or deleted. @returns stops it */
  onTopics(changed: () => void): () => void {
    this.#topicWatchers.add(changed);
    return () => this.#topicWatchers.delete(changed);
  }

  #topicsChanged(): void {
    for (const group of this.#groups.values()) group.topicsChanged();
    for (const changed of this.#topicWatchers) changed();
  }
}
