import {
  partitionName,
  type ConsumeListener,
  type ConsumeOptions,
  type Membership,
  type TopicPartition,
  type Transport,
  type TransportProvider,
} from '@tramline/core';

/** The topics that a test keeps from being delivered, and the members that must know. */
export class HeldTopics {
  readonly #topics = new Set<string>();
  readonly #members = new Set<HoldableMember>();

  has(topic: string): boolean {
    return this.#topics.has(topic);
  }

  hold(topic: string): void {
    this.#topics.add(topic);
    for (const member of this.#members) member.topicHeld(topic);
  }

  /** @param topic - default: all */
  release(topic?: string): void {
    const released = topic === undefined ? [...this.#topics] : [topic];
    for (const name of released) this.#topics.delete(name);
    for (const member of this.#members) for (const name of released) member.topicReleased(name);
  }

  /** A provider whose consumers get nothing of held topics, as from a broker that is slow with them. */
  provider(whole: TransportProvider): TransportProvider {
    const open: TransportProvider['open'] = (environment) => {
      const transport = whole.open(environment);
      const consume = transport.consume.bind(transport);
      transport.consume = (options, listener) => this.#join(consume, options, listener);
      return transport;
    };
    return { name: whole.name, open };
  }

  #join(consume: Transport['consume'], options: ConsumeOptions, listener: ConsumeListener): Membership {
    const member = new HoldableMember(this, listener, () => this.#members.delete(member));
    this.#members.add(member);
    return member.join((between) => consume(options, between));
  }
}

/** A member whose partitions are paused while the consumer or the test wants it, whoever wanted it first. */
class HoldableMember {
  readonly #held = new Map<string, TopicPartition>();
  readonly #pausedByConsumer = new Set<string>();
  #membership: Membership | undefined;

  constructor(
    readonly topics: HeldTopics,
    readonly listener: ConsumeListener,
    readonly left: () => void,
  ) {}

  join(consume: (listener: ConsumeListener) => Membership): Membership {
    const { listener } = this;
    const membership = consume({
      assigned: (partitions) => {
        for (const partition of partitions) this.#held.set(partitionName(partition), partition);
        membership.pause(partitions.filter(({ topic }) => this.topics.has(topic)));
        return listener.assigned(partitions);
      },
      revoked: (partitions) => {
        this.#forget(partitions);
        return listener.revoked(partitions);
      },
      lost: (partitions) => {
        this.#forget(partitions);
        listener.lost(partitions);
      },
      records: (batch) => listener.records(batch),
      outOfRange: (partition, position) => listener.outOfRange(partition, position),
      status: (status) => listener.status(status),
    });
    this.#membership = membership;
    return {
      pause: (partitions) => {
        for (const partition of partitions) this.#pausedByConsumer.add(partitionName(partition));
        membership.pause(partitions);
      },
      resume: (partitions) => {
        for (const partition of partitions) this.#pausedByConsumer.delete(partitionName(partition));
        membership.resume(partitions.filter(({ topic }) => !this.topics.has(topic)));
      },
      commit: (entries) => membership.commit(entries),
      heardAt: () => membership.heardAt(),
      close: () => {
        this.left();
        return membership.close();
      },
    };
  }

  topicHeld(topic: string): void {
    this.#membership?.pause(this.#partitionsOf(topic));
  }

  topicReleased(topic: string): void {
    const free = this.#partitionsOf(topic).filter((one) => !this.#pausedByConsumer.has(partitionName(one)));
    this.#membership?.resume(free);
  }

  #partitionsOf(topic: string): TopicPartition[] {
    return [...this.#held.values()].filter((partition) => partition.topic === topic);
  }

  #forget(partitions: readonly TopicPartition[]): void {
    for (const name of partitions.map(partitionName)) {
      this.#held.delete(name);
      this.#pausedByConsumer.delete(name);
    }
  }
}
