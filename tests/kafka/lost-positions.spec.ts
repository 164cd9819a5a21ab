import { defineEvent } from '@tramline/core';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ask, int32, string } from '../../scripts/kafka/wire.ts';
import { describeWithKafka, sharedBrokers } from './support/broker.ts';
import { deleteRecords } from './support/expire.ts';
import { KafkaWorld } from './support/kafka-world.ts';
import { until } from './support/until.ts';

interface Order {
  readonly id: string;
  readonly n: number;
}
const Placed = defineEvent<Order>('order.placed', { key: 'id' });
const DELETE_GROUPS = 42;

describeWithKafka('a group whose positions are gone', () => {
  let brokers: string;
  let world: KafkaWorld;
  let seen: number[];
  beforeAll(async () => {
    brokers = await sharedBrokers();
  });
  beforeEach(() => {
    world = new KafkaWorld(brokers);
    seen = [];
  });
  afterEach(() => world.close());

  const service = (outOfRange: 'stop' | 'earliest' | 'latest' = 'stop') =>
    world.bus('shop', {
      handlers: [{ id: 'see', events: [Placed], run: ({ n }: Order) => void seen.push(n) }],
      consumer: { outOfRange },
      topics: { partitions: 1 },
    });
  const publish = (bus: ReturnType<typeof service>, ...numbers: readonly number[]) =>
    bus.events.publishAll(numbers.map((n) => [Placed, { id: 'k', n }] as const));
  const stops = async (bus: ReturnType<typeof service>) => {
    await bus.start();
    await until('it stops', () => bus.health().groups[0]!.status === 'failed');
    const { lastError } = bus.health().groups[0]!;
    expect(bus.health().ready).toBe(false);
    expect(seen).toEqual([]);
    await bus.close();
    return lastError;
  };

  /** A group that handled event 0 and ended. */
  async function began(): Promise<void> {
    const bus = service();
    await bus.start();
    await publish(bus, 0);
    await until('it is handled', () => seen.includes(0));
    await bus.close();
    seen.length = 0;
  }

  it('because the broker forgot them: it stops and names the choices, which then hold', async () => {
    await began();
    const port = Number(brokers.split(',')[0]!.split(':')[1]);
    const group = Buffer.concat([int32(1), string(`${world.namespace}.shop`)]);
    await until('the group is deleted', async () => {
      const answer = await ask(port, DELETE_GROUPS, 1, group);
      return answer.readInt16BE(answer.length - 2) === 0;
    });
    await publish(world.bus('source', { consume: false }), 1);
    const error = await stops(service());
    expect(error).toMatchObject({
      code: 'TRAMLINE_OFFSETS_MISSING',
      message: expect.stringMatching(/committed offsets are gone.*consumer\.outOfRange/),
    });
    const bus = service('earliest');
    await bus.start();
    await until('all of it is handled', () => seen.length === 2);
    expect(seen).toEqual([0, 1]);
  });

  it('because retention went past them: it stops and says how much is lost; by choice it goes on', async () => {
    await began();
    const source = world.bus('source', { consume: false });
    await publish(source, 1, 2, 3);
    const topic = `${world.namespace}.order.placed`;
    await deleteRecords(brokers, topic, [{ partition: 0, offset: 4 }]);
    await publish(source, 4);
    const error = await stops(service());
    expect(error).toMatchObject({
      code: 'TRAMLINE_OUT_OF_RANGE',
      message: expect.stringMatching(/3 events were deleted by retention.*consumer\.outOfRange/),
    });
    const bus = service('earliest');
    await bus.start();
    await until('what is left is handled', () => seen.length === 1);
    expect(seen).toEqual([4]);
  });

  it.each(['stop', 'earliest'] as const)(
    'because the topic was deleted and made again while it consumed, with outOfRange %s',
    async (outOfRange) => {
      const bus = service(outOfRange);
      await bus.start();
      await publish(bus, 0, 1, 2);
      await until('the first are handled', () => seen.length === 3);
      const topic = `${world.namespace}.order.placed`;
      await bus.transport.topics.delete([topic]);
      await bus.transport.topics.create([{ name: topic, partitions: 1, cleanup: 'delete' }]);
      await publish(world.bus('source', { consume: false }), 10, 11, 12, 13, 14);
      if (outOfRange === 'stop') {
        await until('it stops', () => bus.health().groups[0]!.status === 'failed');
        expect(bus.health().groups[0]!.lastError!.message).toMatch(/Reset|resetting/);
        expect(seen).toEqual([0, 1, 2]);
        await bus.close();
        const chosen = service('earliest');
        await chosen.start();
      }
      await until('all of the new ones are handled', () => seen.length === 8);
      expect(seen).toEqual([0, 1, 2, 10, 11, 12, 13, 14]);
    },
  );
});
