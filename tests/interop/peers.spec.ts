import { defineEvent, type EventContext } from '@tramline/core';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { sharedBrokers } from '../kafka/support/broker.ts';
import { KafkaWorld } from '../kafka/support/kafka-world.ts';
import { until } from '../kafka/support/until.ts';
import { Peer, type PeerRecord } from './support/peers.ts';
import { describeWith } from './support/tools.ts';

/** Installing or compiling a client takes minutes on a small machine; once. */
const FIRST_TIME_MS = 300_000;

interface Order {
  readonly id: string;
  readonly note: string;
}
const Placed = defineEvent<Order>('order.placed', { key: 'id' });

const NOTES = ['plain', '李小龙 🎉', '', 'line\nbreak "quoted"'];
const orders = NOTES.map((note, n): Order => ({ id: `k${n}`, note }));
const json = (value: unknown) => Buffer.from(JSON.stringify(value));

for (const language of ['python', 'go'] as const) {
  describeWith(language)(language === 'go' ? 'sarama (Go)' : 'kafka-python', () => {
    let peer: Peer;
    let world: KafkaWorld;
    let seen: { order: Order; context: EventContext }[];

    beforeAll(async () => {
      peer = await Peer.prepare(language, await sharedBrokers());
    }, FIRST_TIME_MS);
    beforeEach(async () => {
      world = new KafkaWorld(await sharedBrokers());
      seen = [];
    });
    afterEach(() => world.close());

    const listen = async () => {
      const run = (order: Order, context: EventContext) => void seen.push({ order, context });
      const bus = world.bus('shop', { handlers: [{ id: 'see', events: [Placed], run }] });
      await bus.start();
      return { bus, topic: `${world.namespace}.order.placed` };
    };

    it('publishes plain JSON that handlers receive', async () => {
      const { topic } = await listen();
      const records = orders.map((order): PeerRecord => ({
        key: Buffer.from(order.id),
        value: json(order),
        headers: [],
      }));
      const written = await peer.publish(topic, [...records, { ...records[0]!, key: null }]);
      await until('all are handled', () => seen.length === written.length);

      for (const { context } of seen) {
        const { partition, offset } = context.origin;
        const n = written.findIndex((one) => one.partition === partition && one.offset === offset);
        expect(context).toMatchObject({
          eventId: `${topic}-${partition}-${offset}`,
          type: 'order.placed',
          source: topic,
          key: orders[n]?.id ?? null,
        });
      }
      expect(seen.map(({ order }) => order.note).sort()).toEqual([...NOTES, 'plain'].sort());
    });

    it('publishes CloudEvents that handlers receive, with all that these say', async () => {
      const { topic } = await listen();
      const attributes = {
        ce_specversion: '1.0',
        ce_id: 'e-1',
        ce_type: 'order.placed',
        ce_source: '/till/7',
        ce_time: '2026-01-02T03:04:05.678Z',
        ce_subject: 'order 1',
        ce_correlationid: 'c-1',
        'content-type': 'application/json',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        till: 'Zürich',
      };
      const headers = Object.entries(attributes).map(([name, text]) => [name, Buffer.from(text)] as const);
      await peer.publish(topic, [{ key: Buffer.from('k0'), value: json(orders[0]), headers }]);
      await until('it is handled', () => seen.length === 1);

      const [{ order, context }] = seen as [(typeof seen)[0]];
      expect(order).toEqual(orders[0]);
      expect(context).toMatchObject({
        eventId: 'e-1',
        type: 'order.placed',
        source: '/till/7',
        time: new Date('2026-01-02T03:04:05.678Z'),
        key: 'k0',
        correlationId: 'c-1',
        traceparent: attributes.traceparent,
        headers: { till: 'Zürich' },
      });
      expect(context.envelope).toMatchObject({ subject: 'order 1', contentType: 'application/json' });
    });

    it('reads what we publish: JSON, with CloudEvents attributes as headers', async () => {
      const bus = world.bus('shop', { consume: false });
      const receipts = await bus.events.publishAll(
        orders.map((order) => [Placed, order, { headers: { till: 'Zürich' } }] as const),
      );
      const found = await peer.read(`${world.namespace}.order.placed`, orders.length);

      for (const [n, { eventId, partition, offset }] of receipts.entries()) {
        const record = found.find((one) => one.partition === partition && one.offset === offset);
        expect(JSON.parse(String(record?.value))).toEqual(orders[n]);
        expect(String(record?.key)).toBe(orders[n]?.id);
        const headers = Object.fromEntries(record!.headers.map(([name, value]) => [name, String(value)]));
        expect(headers).toMatchObject({
          ce_specversion: '1.0',
          ce_id: eventId,
          ce_type: 'order.placed',
          ce_source: 'shop',
          'content-type': 'application/json',
          till: 'Zürich',
        });
        expect(Date.parse(headers['ce_time']!)).not.toBeNaN();
      }
    });
  });
}
