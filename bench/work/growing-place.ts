import type { Bench } from '../benchmark.ts';
import type { Child } from '../run/child.ts';
import { CheckError } from './arrivals.ts';
import { fillPlainTopic } from './fill-topic.ts';
import { ordersOf, type Growing, type Took } from './growing.ts';
import type { KafkaTopics } from './kafka-topics.ts';

/** One size of what grows, and everything else as it is otherwise. */
export interface Size extends Partial<Omit<Growing, 'topic' | 'group'>> {
  readonly partitions?: number;
  readonly total: number;
  /**
   * `published`: each measurement publishes into a new topic, which is part of the cost; `filled`: into a new topic, which is
   * not; `once`: all measurements read the same topic. Default `published`.
   */
  readonly orders?: 'published' | 'filled' | 'once';
}

/** Microseconds of CPU for an event, or for a run of a handler. */
export interface Cost {
  readonly all: number;
  /** Its two parts; 0 where nothing was published. */
  readonly published: number;
  readonly handled: number;
  readonly faults: string | undefined;
}

const USUAL = { keys: 100, bytes: 400, types: 1, copies: 1, waiting: 0, settles: false };

/** A process that is idle, without a connection, while another size is measured, and the topics that it needs. */
export class GrowingPlace {
  private readonly brokers: string;
  private readonly child: Child;
  private readonly topics: KafkaTopics;
  private readonly size: Size;
  /** Of the group in whose tier events wait; else each measurement is by a group that was never there before. */
  private group: string | undefined;
  /** The topic that all measurements read. */
  private topic: string | undefined;

  private constructor(brokers: string, child: Child, topics: KafkaTopics, size: Size) {
    this.brokers = brokers;
    this.child = child;
    this.topics = topics;
    this.size = size;
  }

  static async open({ brokers, workspace }: Bench, topics: KafkaTopics, size: Size): Promise<GrowingPlace> {
    const settings = { brokers: await brokers() };
    const start = () => workspace.start('tramline-growing.ts', settings);
    const place = new GrowingPlace(settings.brokers, start(), topics, size);
    if (size.waiting) {
      place.group = topics.name('group');
      const helper = start();
      await place.letWait(helper, size.waiting);
      await helper.stop();
    }
    if (size.orders === 'once') place.topic = (await place.filled()).topic;
    return place;
  }

  async measure(): Promise<Cost> {
    const { child, size, topics, topic: lasting } = this;
    if (lasting !== undefined) return costOf(await child.ask<Took>('handle', this.workOn(lasting)));
    const work =
      size.orders === 'filled' ? await this.filled() : this.workOn(await topics.create(size.partitions));
    const published = size.orders === 'filled' ? undefined : await child.ask<Took>('publish', work);
    const handled = await child.ask<Took>('handle', work);
    await topics.remove(work.topic);
    return costOf(handled, published);
  }

  /** The events of another topic, which all fail. */
  private async letWait(helper: Child, waiting: number): Promise<void> {
    const work = await this.filled(waiting);
    const found = await helper.ask<number>('fail', work);
    if (found !== waiting) throw new CheckError(`${found} events wait in the tier instead of ${waiting}.`);
    await this.topics.remove(work.topic);
  }

  /** A new topic with its orders. */
  private async filled(total = this.size.total): Promise<Growing> {
    const work = { ...this.workOn(await this.topics.create(this.size.partitions)), total };
    await fillPlainTopic(this.brokers, work.topic, total, ordersOf(work));
    return work;
  }

  private workOn(topic: string): Growing {
    const group = this.group ?? this.topics.name('group');
    return { ...USUAL, ...this.size, topic, group };
  }

  /** Ends the process. Answers the most memory that it ever took, MiB. */
  async stop(): Promise<number> {
    const peak = await this.child.ask<number>('peak');
    await this.child.stop();
    return peak;
  }
}

function costOf({ microseconds: handled, faults }: Took, before?: Took): Cost {
  const published = before?.microseconds ?? 0;
  return { all: published + handled, published, handled, faults };
}
