import {
  ClosedError,
  type Appended,
  type ConsumeListener,
  type ConsumeOptions,
  type Membership,
  type OutgoingRecord,
  type ReadRange,
  type StoredRecord,
  type TopicPartition,
  type Transport,
  type TransportCapabilities,
  type TransportEnvironment,
} from '@tramline/core';
import { KafkaGroups } from './admin/groups.js';
import { KafkaTopics } from './admin/topics.js';
import { patiently } from './admin/patience.js';
import { Cluster } from './cluster/cluster.js';
import type { Lane } from './cluster/lane.js';
import type { KafkaSettings } from './config/settings.js';
import { BroadcastSeat } from './consumer/broadcast-seat.js';
import { Consumer } from './consumer/consumer.js';
import { GroupSeat } from './consumer/group-seat.js';
import { Producer } from './producer/producer.js';
import { readRange } from './reader/read-range.js';

/** A Kafka cluster as a transport. */
export class KafkaTransport implements Transport {
  readonly name = 'kafka';
  readonly capabilities: TransportCapabilities = {
    durable: true,
    shared: true,
    compaction: true,
    growth: true,
    alwaysCreates: false,
  };
  readonly topics: KafkaTopics;
  readonly groups: KafkaGroups;
  private readonly cluster: Cluster;
  private readonly producer: Producer;
  private readonly reading: Lane;
  private readonly consumers = new Set<Consumer>();
  private closing: Promise<void> | undefined;

  constructor(
    settings: KafkaSettings,
    private readonly environment: TransportEnvironment,
  ) {
    const clientId = settings.clientId ?? environment.clientId;
    this.cluster = new Cluster(settings, { ...environment, clientId });
    this.producer = new Producer(this.cluster);
    this.reading = this.cluster.lane();
    this.topics = new KafkaTopics(this.cluster);
    this.groups = new KafkaGroups(this.cluster);
  }

  async append(
    target: TopicPartition,
    records: readonly OutgoingRecord[],
    options: { readonly timeoutMs: number },
  ): Promise<Appended> {
    this.mustBeOpen();
    return this.producer.append(target, records, options.timeoutMs);
  }

  async partitionCount(topic: string): Promise<number> {
    this.mustBeOpen();
    return (await patiently(this.cluster, async () => this.cluster.topic(topic))).partitions.length;
  }

  consume(options: ConsumeOptions, listener: ConsumeListener): Membership {
    this.mustBeOpen();
    const { cluster, groups, environment } = this;
    const makeSeat = (consumer: Consumer) =>
      options.broadcast
        ? new BroadcastSeat(consumer, cluster, options)
        : new GroupSeat(consumer, cluster, options);
    const consumer: Consumer = new Consumer(
      makeSeat,
      cluster,
      groups,
      options,
      listener,
      environment.log,
      () => this.consumers.delete(consumer),
    );
    this.consumers.add(consumer);
    return consumer;
  }

  read(range: ReadRange): AsyncIterable<readonly StoredRecord[]> {
    return readRange(this.cluster, this.reading, range);
  }

  close(): Promise<void> {
    this.closing ??= this.shut();
    return this.closing;
  }

  private async shut(): Promise<void> {
    await Promise.all([...this.consumers].map((consumer) => consumer.close()));
    await this.producer.quiet();
    this.cluster.close();
  }

  private mustBeOpen(): void {
    if (this.closing) throw new ClosedError('The Kafka transport');
  }
}
