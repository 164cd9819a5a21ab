import { defineEvent } from '@tramline/core';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWithKafka, sharedBrokers } from './support/broker.ts';
import { KafkaWorld } from './support/kafka-world.ts';
import { UnreliableNetwork } from './support/unreliable-network.ts';
import { until } from './support/until.ts';

interface Order {
  readonly id: string;
}
const Placed = defineEvent<Order>('order.placed', { key: 'id' });

describeWithKafka('a group with 50 handlers', () => {
  let brokers: string;
  let worlds: KafkaWorld[];
  beforeAll(async () => {
    brokers = await sharedBrokers();
  });
  beforeEach(() => {
    worlds = [];
  });
  afterEach(async () => {
    await Promise.all(worlds.map((world) => world.close()));
  });

  /** What a group of so many handlers, each of which fails once, needs on the cluster while it works. */
  async function needs(count: number) {
    const world = new KafkaWorld(brokers);
    worlds.push(world);
    const network = new UnreliableNetwork();
    const done = new Set<string>();
    const handlers = Array.from({ length: count }, (_, index) => {
      let failed = false;
      return {
        id: `handler-${index}`,
        events: [Placed],
        retry: { inPlace: 1, delays: ['1s' as const] },
        run: ({ id }: Order) => {
          if (!failed) {
            failed = true;
            throw new Error('not yet');
          }
          done.add(`handler-${index} ${id}`);
        },
      };
    });
    const bus = world.bus(
      'shop',
      { handlers, consumer: { retryTiers: ['1s', '5s'] } },
      { client: { socketFactory: network.socketFactory } },
    );
    await bus.start();
    await bus.events.publish(Placed, { id: 'x' });
    await until('every handler did it after its wait', () => done.size === count);
    const { transport } = world.bus('operator', { consume: false });
    const own = (name: string) => name.slice(world.namespace.length + 1);
    const groups = await transport.groups.list(world.namespace);
    const described = await Promise.all(groups.map((group) => transport.groups.describe(group)));
    return {
      topics: (await transport.topics.list(world.namespace)).map(own),
      groups: described.map(({ group, members }) => ({
        group: own(group),
        members: members.length,
        partitions: members.flatMap(({ partitions }) => partitions).length,
      })),
      connections: network.open,
    };
  }

  it('needs the topics, members, partitions and connections that one with a single handler needs', async () => {
    const one = await needs(1);
    const fifty = await needs(50);
    console.log(`50 handlers: ${fifty.topics.length} topics, ${fifty.connections} connections`);
    expect(fifty).toEqual(one);
    // Six partitions each of the event's topic, of two tiers and of what is redriven.
    expect(one.groups).toEqual([{ group: 'shop', members: 1, partitions: 24 }]);
  });
});
