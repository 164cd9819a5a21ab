import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { kafkajsClient } from './kafkajs-client.ts';

const PARTITIONS = 6;
/** Topics that one request makes. */
const AT_ONCE = 100;

/** Topics and groups of one benchmark under a namespace of its own; `close` leaves none of them behind. */
export class KafkaTopics {
  readonly namespace = `bench-${randomUUID().slice(0, 8)}`;
  private readonly admin: Admin;
  private count = 0;

  private constructor(admin: Admin) {
    this.admin = admin;
  }

  static async open(brokers: string): Promise<KafkaTopics> {
    const admin = kafkajsClient(brokers).admin();
    await admin.connect();
    return new KafkaTopics(admin);
  }

  /** A name in the namespace that nobody has. */
  name(what: string): string {
    return `${this.namespace}.${what}-${++this.count}`;
  }

  /** A new topic, of 6 partitions by default. */
  async create(numPartitions = PARTITIONS): Promise<string> {
    const topic = this.name('order');
    // kafkajs fails where it waits itself: the broker may not know its new topic yet.
    await this.admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: false });
    while (!(await this.hasLeaders(topic, numPartitions))) await sleep(50);
    return topic;
  }

  /** So many topics of one partition that nobody uses. */
  async fill(count: number): Promise<void> {
    for (let left = count; left > 0; left -= AT_ONCE) {
      const topics = Array.from({ length: Math.min(left, AT_ONCE) }, () => ({ topic: this.name('unused') }));
      await this.admin.createTopics({ topics, waitForLeaders: false });
    }
  }

  async remove(topic: string): Promise<void> {
    await this.admin.deleteTopics({ topics: [topic] });
  }

  private async hasLeaders(topic: string, count: number): Promise<boolean> {
    const { topics } = await this.admin.fetchTopicMetadata({ topics: [topic] }).catch(() => ({ topics: [] }));
    const partitions = topics[0]?.partitions ?? [];
    return partitions.length === count && partitions.every(({ leader }) => leader >= 0);
  }

  async close(): Promise<void> {
    const mine = (name: string) => name.startsWith(`${this.namespace}.`);
    try {
      const { groups } = await this.admin.listGroups();
      const groupIds = groups.map(({ groupId }) => groupId).filter(mine);
      // One whose process was ended has a member for some seconds more. Why it was ended is what has to be told.
      if (groupIds.length > 0) await this.admin.deleteGroups(groupIds).catch(() => undefined);
      const topics = (await this.admin.listTopics()).filter(mine);
      if (topics.length > 0) await this.admin.deleteTopics({ topics });
    } finally {
      await this.admin.disconnect();
    }
  }
}
