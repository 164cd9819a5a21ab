import { defineEvent, type Log } from '@tramline/core';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWithKafka, sharedBrokers } from './support/broker.ts';
import { KafkaWorld } from './support/kafka-world.ts';
import { Proxy } from './support/proxy.ts';
import { until } from './support/until.ts';

interface Order {
  readonly id: string;
  readonly n: number;
}
const Placed = defineEvent<Order>('order.placed', { key: 'id' });

describeWithKafka('a network that is broken in the middle', () => {
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

  /** A service behind the proxy that writes down what it handled and what it said. */
  function behindProxy(options: { readonly requestTimeout?: '2s' } = {}) {
    const seen: number[] = [];
    const lines: string[] = [];
    const say = (line: string) => void lines.push(line);
    const log: Log = { debug() {}, info: say, warn: say, error: say };
    const handlers = [{ id: 'see', events: [Placed], run: ({ n }: Order) => void seen.push(n) }];
    const { socketFactory } = proxy;
    const bus = world.bus('shop', { handlers, log }, { client: { socketFactory }, ...options });
    return { bus, seen, lines };
  }

  it('batches that arrive damaged are not handled, and fetched again until they are whole', async () => {
    const { bus, seen, lines } = behindProxy();
    await bus.start();
    await until('it is ready', () => bus.health().ready);
    let damaged = 0;
    proxy.tamper = (bytes) => {
      const at = bytes.indexOf('"id":"damage');
      // The first few times only: a line that heals.
      if (at < 0 || damaged >= 3) return;
      damaged++;
      bytes[at + 6]! ^= 1;
    };
    const publisher = world.bus('source', { consume: false });
    for (let n = 0; n < 20; n++) await publisher.events.publish(Placed, { id: 'damage me', n });
    await until('all are handled', () => new Set(seen).size === 20);
    expect(damaged).toBe(3);
    expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(lines.join('\n')).toContain('its checksum does not fit');
    await until('it is ready again', () => bus.health().ready);
  });

  it('what leaves damaged is refused by the broker, sent again, and written once', async () => {
    const { socketFactory } = proxy;
    const bus = world.bus('source', { consume: false }, { client: { socketFactory } });
    await bus.events.publish(Placed, { id: 'first', n: -1 });
    let damaged = 0;
    proxy.tamperUp = (bytes) => {
      const at = bytes.indexOf('"id":"damage');
      if (at < 0 || damaged >= 3) return;
      damaged++;
      bytes[at + 6]! ^= 1;
    };
    for (let n = 0; n < 5; n++) await bus.events.publish(Placed, { id: 'damage me', n });
    expect(damaged).toBe(3);
    const written: number[] = [];
    for await (const { event } of bus.eventLog.read(Placed)) written.push(event.n);
    expect(written).toEqual([-1, 0, 1, 2, 3, 4]);
  });

  it('one that stalls without closing costs the partitions, and nothing else; they come back with it', async () => {
    const stalled = behindProxy({ requestTimeout: '2s' });
    const { seen: others } = { seen: [] as number[] };
    const other = world.bus('shop', {
      handlers: [{ id: 'see', events: [Placed], run: ({ n }: Order) => void others.push(n) }],
    });
    await stalled.bus.start();
    await other.start();
    const partitionsOf = (bus: typeof other) => bus.health().groups[0]!.partitions;
    const all = () => partitionsOf(stalled.bus) + partitionsOf(other);
    await until('they share', () => partitionsOf(stalled.bus) > 0 && partitionsOf(other) > 0);
    const publisher = world.bus('source', { consume: false });
    const publish = (from: number) =>
      publisher.events.publishAll(
        Array.from({ length: 60 }, (_, index) => [Placed, { id: `k${index}`, n: from + index }] as const),
      );
    const handled = (count: number) => () => new Set([...stalled.seen, ...others]).size === count;
    await publish(0);
    await until('the first are handled', handled(60));
    proxy.hold();
    await publish(60);
    await until('the other one handles all the rest', handled(120));
    await until('the one that stalls has noticed', () => !stalled.bus.health().ready);
    expect(stalled.lines.join('\n')).toMatch(/cannot consume now and keeps trying/);
    const before = stalled.seen.length;
    proxy.release();
    await until('it is back', () => stalled.bus.health().ready && partitionsOf(stalled.bus) > 0);
    await publish(120);
    await until('these are handled too', handled(180));
    await until('it takes part again', () => stalled.seen.length > before);
    expect(all()).toBeGreaterThan(0);
    expect(stalled.lines.join('\n')).toMatch(/is back/);
  });
});
