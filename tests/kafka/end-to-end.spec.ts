import { defineEvent, NonRetryableError, type EventContext, type Observation } from '@tramline/core';
import { DeadLetters } from '@tramline/core/ops';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWithKafka, sharedBrokers } from './support/broker.ts';
import { KafkaWorld } from './support/kafka-world.ts';
import { until } from './support/until.ts';

interface Order {
  readonly id: string;
  readonly n: number;
}
const Placed = defineEvent<Order>('order.placed', { key: 'id' });

describeWithKafka('a bus on Kafka', () => {
  let brokers: string;
  let world: KafkaWorld;
  beforeAll(async () => {
    brokers = await sharedBrokers();
  });
  beforeEach(() => {
    world = new KafkaWorld(brokers);
  });
  afterEach(() => world.close());

  it('delivers what was published, in order of each key, and remembers it over restarts', async () => {
    const seen: Order[] = [];
    const handlers = [{ id: 'see', events: [Placed], run: (order: Order) => void seen.push(order) }];
    const first = world.bus('shop', { handlers });
    await first.start();
    const count = 500;
    const published = Array.from({ length: count }, (_, n) =>
      first.events.publish(Placed, { id: `k${n % 7}`, n }),
    );
    await Promise.all(published);
    await until('all are handled', () => seen.length === count);
    await first.close();

    const second = world.bus('shop', { handlers });
    await second.start();
    await second.events.publish(Placed, { id: 'k0', n: count });
    await until('the new one is handled', () => seen.some(({ n }) => n === count));
    expect(seen).toHaveLength(count + 1);
    for (let key = 0; key < 7; key++) {
      const order = seen.filter(({ id }) => id === `k${key}`).map(({ n }) => n);
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
  });

  it('waits in retry tiers, never early, while others pass, and gives up into the dead letters', async () => {
    const runs: { n: number; at: number; attempt: number }[] = [];
    const waits: Observation[] = [];
    const handler = {
      id: 'charge',
      events: [Placed],
      retry: { inPlace: 1, delays: ['1s', '2s'] },
      run: ({ n }: Order, { attempt }: EventContext) => {
        // The clock that says when a retry is due, in whole milliseconds as there.
        runs.push({ n, at: Date.now(), attempt });
        if (n === 0) throw new Error('the bank is closed');
      },
    } as const;
    const bus = world.bus('shop', { handlers: [handler], consumer: { retryTiers: ['1s', '2s'] } });
    bus.observations.observe((one) => void waits.push(one));
    await bus.start();
    await bus.events.publish(Placed, { id: 'a', n: 0 });
    await bus.events.publish(Placed, { id: 'a', n: 1 });
    const letters = new DeadLetters(bus, 'shop');
    await until('there is a letter', async () => (await all(letters)).length === 1);
    const tries = runs.filter(({ n }) => n === 0);
    expect(tries.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(tries[1]!.at - tries[0]!.at).toBeGreaterThanOrEqual(1_000);
    expect(tries[2]!.at - tries[1]!.at).toBeGreaterThanOrEqual(2_000);
    expect(runs.find(({ n }) => n === 1)!.at).toBeLessThan(tries[1]!.at);
    expect(waits.filter(({ kind }) => kind === 'waiting')).toHaveLength(2);
    expect(await all(letters)).toMatchObject([
      { handlerId: 'charge', reason: 'retries-exhausted', errorMessage: 'the bank is closed' },
    ]);
  });

  it('redrives a letter to the handler that failed, once, and to no other', async () => {
    let closed = true;
    const runs: string[] = [];
    const bus = world.bus('shop', {
      handlers: [
        {
          id: 'charge',
          events: [Placed],
          run: () => {
            if (closed) throw new NonRetryableError('the bank is closed');
            runs.push('charge');
          },
        },
        { id: 'mail', events: [Placed], run: () => void runs.push('mail') },
      ],
    });
    await bus.start();
    await bus.events.publish(Placed, { id: 'a', n: 0 });
    const letters = new DeadLetters(bus, 'shop');
    await until('there is a letter', async () => (await all(letters)).length === 1);
    closed = false;
    await letters.redrive({}, { actor: 'ann' });
    await until('it was handled', () => runs.includes('charge'));
    await letters.redrive({}, { actor: 'ann' });
    expect(runs).toEqual(['mail', 'charge']);
  });

  it('gives every process every event that is broadcast, and leaves no group behind', async () => {
    const seen: string[] = [];
    const handlers = (name: string) => [
      { id: 'push', events: [Placed], delivery: 'broadcast' as const, run: () => void seen.push(name) },
    ];
    const buses = ['a', 'b'].map((name) => world.bus('shop', { handlers: handlers(name) }));
    for (const bus of buses) await bus.start();
    await until('both listen', () => buses.every((bus) => bus.health().ready));
    await buses[0]!.events.publish(Placed, { id: 'x', n: 1 });
    await until('both saw it', () => seen.length === 2);
    expect(seen.sort()).toEqual(['a', 'b']);
    expect(await buses[0]!.transport.groups.list(world.namespace)).toEqual([]);
  });

  it('is read back by the event log, all partitions merged by time', async () => {
    const bus = world.bus('shop', { consume: false });
    for (let n = 0; n < 30; n++) await bus.events.publish(Placed, { id: `k${n}`, n });
    const seen: { n: number; timestamp: number; partition: number }[] = [];
    for await (const { event, ...where } of bus.eventLog.read(Placed)) seen.push({ n: event.n, ...where });
    expect(seen.map(({ n }) => n).sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, n) => n));
    expect(new Set(seen.map(({ partition }) => partition)).size).toBeGreaterThan(1);
    const times = seen.map(({ timestamp }) => timestamp);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});

async function all(letters: DeadLetters) {
  const found = [];
  for await (const letter of letters.list()) found.push(letter);
  return found;
}
