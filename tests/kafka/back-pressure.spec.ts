import { defineEvent } from '@tramline/core';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWithKafka, sharedBrokers } from './support/broker.ts';
import { KafkaWorld } from './support/kafka-world.ts';
import { Proxy } from './support/proxy.ts';

interface Order {
  readonly id: string;
  readonly n: number;
}
const Placed = defineEvent<Order>('order.placed', { key: 'id' });
const BUFFER = 2_000;

describeWithKafka('a publisher that is faster than the broker', () => {
  let brokers: string;
  let world: KafkaWorld;
  let proxy: Proxy;
  beforeAll(async () => {
    brokers = await sharedBrokers();
  });
  beforeEach(async () => {
    world = new KafkaWorld(brokers);
    proxy = await Proxy.start();
  });
  afterEach(async () => {
    proxy.release();
    await world.close();
    await proxy.close();
  });

  it('is told so at its bound, keeps no more than that in memory, and loses nothing that was accepted', async () => {
    const { socketFactory } = proxy;
    const bus = world.bus(
      'source',
      { consume: false, publisher: { bufferEvents: BUFFER, timeout: '2m' } },
      { client: { socketFactory } },
    );
    await bus.events.publish(Placed, { id: 'first', n: -1 });
    proxy.hold();
    const outcomes = new Map<number, string>();
    const published: Promise<unknown>[] = [];
    for (let n = 0; n < 10 * BUFFER; n++) {
      published.push(
        bus.events.publish(Placed, { id: `k${n % 20}`, n }).then(
          () => outcomes.set(n, 'written'),
          ({ code, outcome }: { code: string; outcome: string }) => outcomes.set(n, `${code} ${outcome}`),
        ),
      );
      // The caller's turn ends now and then, as that of any program.
      if (n % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    proxy.release();
    await Promise.all(published);
    const accepted = [...outcomes]
      .filter(([, outcome]) => outcome === 'written')
      .map(([n]) => n)
      .toSorted((a, b) => a - b);
    expect(accepted).toEqual(Array.from({ length: BUFFER }, (_, n) => n));
    expect(new Set(outcomes.values())).toEqual(new Set(['written', 'TRAMLINE_BUFFER_FULL not-written']));
    const written = new Map<string, number[]>();
    for await (const { event } of bus.eventLog.read(Placed))
      written.set(event.id, [...(written.get(event.id) ?? []), event.n]);
    written.delete('first');
    const all = [...written.values()].flat();
    expect(all.toSorted((a, b) => a - b)).toEqual(accepted);
    for (const numbers of written.values()) expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    // There is room again.
    await expect(bus.events.publish(Placed, { id: 'last', n: -2 })).resolves.toBeDefined();
  });
});
