import {
  TransportError,
  type PartitionOffsets,
  type TopicAdmin,
  type TopicChange,
  type TopicDescription,
  type TopicPartition,
  type TopicSpec,
} from '@tramline/core';
import { BrokerError, check } from '../cluster/broker-errors.js';
import { unknownTopic, type Cluster } from '../cluster/cluster.js';
import {
  createPartitions,
  createTopics,
  deleteTopics,
  describeConfigs,
  incrementalAlterConfigs,
  type TopicResult,
} from '../protocol/api/topics.js';
import type { TopicMetadata } from '../protocol/api/cluster.js';
import { errorName } from '../protocol/error-codes.js';
import { bounds, deleteBefore, offsetsAt } from './offsets.js';
import { patiently } from './patience.js';
import { changedConfigs, DESCRIBED, description, newTopic } from './topic-settings.js';

/** Copies of a topic unless somebody says otherwise: one broker may be lost while another one restarts. */
const REPLICATION = 3;

/** Requests that change many topics take the brokers a while. */
const CHANGE_TIMEOUT_MS = 30_000;

export class KafkaTopics implements TopicAdmin {
  constructor(private readonly cluster: Cluster) {}

  async list(prefix = ''): Promise<string[]> {
    const topics = await patiently(this.cluster, () => this.cluster.fresh(null));
    return topics
      .filter(({ internal, name }) => !internal && name.startsWith(prefix))
      .map(({ name }) => name)
      .sort();
  }

  async describe(topics: readonly string[]): Promise<TopicDescription[]> {
    if (topics.length === 0) return [];
    return patiently(this.cluster, async () => {
      const found = new Map((await this.cluster.fresh(topics)).map((topic) => [topic.name, topic]));
      const names = topics.filter((name) => found.has(name));
      if (names.length === 0) return [];
      const configs = await this.configsOf(names);
      return names.map((name) => {
        const { partitions } = found.get(name)!;
        return description(name, partitions.length, partitions[0]?.replicas.length ?? 0, configs.get(name)!);
      });
    });
  }

  async create(topics: readonly TopicSpec[]): Promise<void> {
    if (topics.length === 0) return;
    const { partitions, replication } = this.cluster.settings;
    await patiently(this.cluster, async () => {
      if (this.cluster.brokerCount === 0) await this.cluster.fresh([topics[0]!.name]);
      const copies = replication ?? Math.min(REPLICATION, this.cluster.brokerCount);
      const wanted = topics.map((spec) =>
        newTopic(spec, spec.partitions ?? partitions, spec.replication ?? copies),
      );
      const results = await this.cluster.any(createTopics, wanted, CHANGE_TIMEOUT_MS);
      for (const result of results) this.expect(result, 'Making', 'TOPIC_ALREADY_EXISTS');
    });
    await this.until(
      topics.map(({ name }) => name),
      (found) => found.length === topics.length && found.every(isLed),
    );
  }

  async grow(topic: string, partitions: number): Promise<void> {
    await patiently(this.cluster, async () => {
      const [found] = await this.cluster.fresh([topic]);
      if (!found) throw unknownTopic(`Topic '${topic}' does not exist and cannot grow.`);
      if (found.partitions.length >= partitions) return;
      const [result] = await this.cluster.any(
        createPartitions,
        { topic, count: partitions },
        CHANGE_TIMEOUT_MS,
      );
      // Somebody else may have been faster.
      if (result) this.expect(result, 'Growing', 'INVALID_PARTITIONS');
    });
    await this.until(
      [topic],
      ([found]) => found !== undefined && found.partitions.length >= partitions && isLed(found),
    );
  }

  async alter(topic: string, settings: TopicChange): Promise<void> {
    const configs = changedConfigs(settings);
    await patiently(this.cluster, async () => {
      const request = { topic, configs };
      const results = await this.cluster.any(incrementalAlterConfigs, request, CHANGE_TIMEOUT_MS);
      for (const result of results) this.expect(result, 'Altering');
    });
    const hold = async () => {
      const found = (await this.configsOf([topic])).get(topic);
      if (Object.entries(configs).every(([key, value]) => found?.get(key) === value)) return;
      throw notYet([topic]);
    };
    await patiently(this.cluster, hold, CHANGE_TIMEOUT_MS);
  }

  async delete(topics: readonly string[]): Promise<void> {
    if (topics.length === 0) return;
    await patiently(this.cluster, async () => {
      const results = await this.cluster.any(deleteTopics, topics, CHANGE_TIMEOUT_MS);
      for (const result of results) this.expect(result, 'Deleting', 'UNKNOWN_TOPIC_OR_PARTITION');
    });
    await this.until(topics, (found) => found.length === 0);
  }

  async deleteBefore(positions: readonly (TopicPartition & { readonly offset: number })[]): Promise<void> {
    await patiently(this.cluster, async () => {
      for (const topic of new Set(positions.map((one) => one.topic))) {
        const here = positions.filter((one) => one.topic === topic);
        const partitions = await this.partitionsOf(topic);
        const missing = here.find(({ partition }) => partition >= partitions.length);
        if (missing) throw unknownTopic(`Topic '${topic}' has no partition ${missing.partition}.`);
        await deleteBefore(this.cluster, here);
      }
    });
  }

  async offsets(topic: string): Promise<PartitionOffsets[]> {
    return patiently(this.cluster, async () => {
      const partitions = await this.partitionsOf(topic);
      const found = [...(await bounds(this.cluster, partitions)).values()];
      return partitions.map(({ partition }, index) => ({ partition, ...found[index]! }));
    });
  }

  async offsetsAt(
    topic: string,
    timestamp: number,
  ): Promise<{ readonly partition: number; readonly offset: number }[]> {
    return patiently(this.cluster, async () => {
      const partitions = await this.partitionsOf(topic);
      const [found, ends] = await Promise.all([
        offsetsAt(this.cluster, partitions, timestamp),
        bounds(this.cluster, partitions),
      ]);
      return partitions.map(({ partition }) => {
        const name = `${topic}/${partition}`;
        const offset = found.get(name) ?? -1;
        return { partition, offset: offset < 0 ? ends.get(name)!.end : offset };
      });
    });
  }

  private async configsOf(topics: readonly string[]) {
    const request = { topics: [...new Set(topics)], keys: DESCRIBED };
    const answer = await this.cluster.any(describeConfigs, request);
    return new Map(
      answer.map((one) => {
        check(one.errorCode, `Settings of topic '${one.topic}'`, one.message);
        return [one.topic, one.configs];
      }),
    );
  }

  private async partitionsOf(topic: string) {
    const [found] = await this.cluster.fresh([topic]);
    if (!found) throw unknownTopic(`Topic '${topic}' does not exist.`);
    return found.partitions.map(({ partition }) => ({ topic, partition }));
  }

  private expect({ topic, errorCode, message }: TopicResult, what: string, fine?: string): void {
    const error = errorName(errorCode);
    this.cluster.forget(topic);
    if (error !== 'NONE' && error !== fine)
      throw new BrokerError(error, `${what} topic '${topic}'`, { said: message });
  }

  /** The change is carried out; every broker learns it a little later. */
  private async until(
    topics: readonly string[],
    reached: (found: readonly TopicMetadata[]) => boolean,
  ): Promise<void> {
    await patiently(
      this.cluster,
      async () => {
        if (reached(await this.cluster.fresh(topics))) return;
        throw notYet(topics);
      },
      CHANGE_TIMEOUT_MS,
    );
  }
}

function notYet(topics: readonly string[]): TransportError {
  return new TransportError(
    'TRAMLINE_AWAY',
    `The brokers have not taken over the change of ${topics.join(', ')} yet.`,
  );
}

function isLed({ partitions }: TopicMetadata): boolean {
  return partitions.length > 0 && partitions.every(({ leader }) => leader >= 0);
}
