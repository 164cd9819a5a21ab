import type {
  CommittedOffset,
  GroupAdmin,
  GroupDescription,
  PartitionOffsets,
  TopicAdmin,
  TopicChange,
  TopicDescription,
  TopicPartition,
  TopicSpec,
} from '@tramline/core';
import { TransportError } from '@tramline/core';
import type { TopicDefaults } from './options.js';
import type { Producer } from './producer.js';
import type { NewTopic } from './wire/messages.js';
import type { WorkerLink } from './worker-link.js';

/** What Kafka accepts, so that a name that works here works there. */
const TOPIC_NAME = /^[A-Za-z0-9._-]{1,249}$/;

export class EmbeddedTopics implements TopicAdmin {
  constructor(
    private readonly link: WorkerLink,
    private readonly producer: Producer,
    private readonly defaults: TopicDefaults,
  ) {}

  list(prefix = ''): Promise<string[]> {
    return this.link.call('listTopics', prefix);
  }

  describe(topics: readonly string[]): Promise<TopicDescription[]> {
    return this.link.call('describeTopics', topics);
  }

  async create(topics: readonly TopicSpec[]): Promise<void> {
    const created = topics.map((topic) => this.#complete(topic));
    if (created.length > 0) await this.link.call('createTopics', created);
    for (const { name } of topics) this.producer.forget(name);
  }

  async grow(topic: string, partitions: number): Promise<void> {
    await this.link.call('growTopic', topic, partitions);
    this.producer.forget(topic);
  }

  async alter(topic: string, { retentionMs, maxRecordBytes }: TopicChange): Promise<void> {
    await this.link.call('alterTopic', topic, { retentionMs, maxRecordBytes });
  }

  async delete(topics: readonly string[]): Promise<void> {
    await this.link.call('deleteTopics', topics);
    for (const name of topics) this.producer.forget(name);
  }

  async deleteBefore(positions: readonly (TopicPartition & { readonly offset: number })[]): Promise<void> {
    for (const { topic, partition, offset } of positions) {
      // A little at a time, so that publishers wait for no more.
      while (await this.link.call('trimPartition', { topic, partition }, offset));
    }
  }

  offsets(topic: string): Promise<PartitionOffsets[]> {
    return this.link.call('offsets', topic);
  }

  offsetsAt(
    topic: string,
    timestamp: number,
  ): Promise<{ readonly partition: number; readonly offset: number }[]> {
    return this.link.call('offsetsAt', topic, timestamp);
  }

  #complete({ name, cleanup, ...spec }: TopicSpec): NewTopic {
    if (!TOPIC_NAME.test(name) || name === '.' || name === '..') {
      throw new TransportError(
        'TRAMLINE_REFUSED',
        `"${name}" cannot be the name of a topic. Use 1 to 249 letters, digits, dots, underscores and hyphens, as Kafka asks for.`,
      );
    }
    return {
      name,
      cleanup,
      partitions: spec.partitions ?? this.defaults.partitions,
      retentionMs: spec.retentionMs === undefined ? this.defaults.retentionMs : spec.retentionMs,
      maxRecordBytes: spec.maxRecordBytes ?? this.defaults.maxRecordBytes,
    };
  }
}

export class EmbeddedGroups implements GroupAdmin {
  constructor(private readonly link: WorkerLink) {}

  list(prefix = ''): Promise<string[]> {
    return this.link.call('listGroups', prefix);
  }

  describe(group: string): Promise<GroupDescription> {
    return this.link.call('describeGroup', group);
  }

  committed(group: string, topics: readonly string[]): Promise<CommittedOffset[]> {
    return this.link.call('committed', group, topics);
  }

  async reset(
    group: string,
    positions: readonly (TopicPartition & { readonly offset: number })[],
  ): Promise<void> {
    await this.link.call('resetGroup', group, positions);
  }
}
