import { defineEvent, type EventContext, type OutgoingRecord } from '@tramline/core';
import { DeadLetters, type ListedLetter } from '@tramline/core/ops';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWithKafka, sharedBrokers } from './support/broker.ts';
import { KafkaWorld } from './support/kafka-world.ts';
import { until } from './support/until.ts';

interface Order {
  readonly id: string;
}
const Placed = defineEvent<Order>('order.placed', { key: 'id' });
const LONG = { timeoutMs: 30_000 };
const SOON = { inPlace: 1, delays: ['1s'] } as const;
const PARTITIONS = 6;

describeWithKafka('what Kafka may hold', () => {
  let brokers: string;
  let world: KafkaWorld;
  let topic: string;
  beforeAll(async () => {
    brokers = await sharedBrokers();
  });
  beforeEach(() => {
    world = new KafkaWorld(brokers);
    topic = `${world.namespace}.order.placed`;
  });
  afterEach(() => world.close());

  const record = (value: string | null, over: Partial<OutgoingRecord> = {}): OutgoingRecord => ({
    key: null,
    value: value === null ? null : Buffer.from(value),
    headers: [],
    ...over,
  });

  it('a poison record in every partition at once: each becomes a letter, and what lies behind is handled', async () => {
    const seen = new Set<string>();
    const bus = world.bus('shop', {
      handlers: [{ id: 'see', events: [Placed], run: ({ id }: Order) => void seen.add(id) }],
    });
    await bus.start();
    const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
    await Promise.all(
      partitions.map((partition) =>
        bus.transport.append(
          { topic, partition },
          [record(`{"id":"before-${partition}"}`), record('{"id":'), record(`{"id":"after-${partition}"}`)],
          LONG,
        ),
      ),
    );
    await until('the others are handled', () => seen.size === 2 * PARTITIONS);
    const letters = new DeadLetters(bus, 'shop');
    await until('all of them are letters', async () => (await all(letters)).length === PARTITIONS);
    const found = await all(letters);
    expect(new Set(found.map(({ handlerId, reason }) => `${handlerId} ${reason}`))).toEqual(
      new Set(['* undecodable']),
    );
    expect(found.map(({ history }) => history.origin.partition).toSorted((a, b) => a - b)).toEqual(
      partitions,
    );
    expect(bus.health().ready).toBe(true);
  });

  it('an event as large as events may be goes through a tier and into a letter whole', async () => {
    const most = 100_000;
    const lengths: number[] = [];
    const bus = world.bus('shop', {
      publisher: { maxEventBytes: most },
      handlers: [
        {
          id: 'fail',
          events: [Placed],
          retry: SOON,
          run: ({ id }: Order) => {
            lengths.push(id.length);
            throw new Error('x'.repeat(20_000));
          },
        },
      ],
      consumer: { retryTiers: ['1s'] },
    });
    await bus.start();
    const sizes = async (length: number) =>
      bus.events.publish(Placed, { id: 'x'.repeat(length) }, { key: 'k' });
    // The largest that is not refused.
    let [fits, fails] = [most / 2, most];
    while (fails - fits > 1) {
      const middle = Math.floor((fits + fails) / 2);
      const draft = await sizes(middle).then(
        () => true,
        (error: { code?: unknown }) => {
          expect(error.code).toBe('TRAMLINE_RECORD_TOO_LARGE');
          return false;
        },
      );
      if (draft) fits = middle;
      else fails = middle;
    }
    const letters = new DeadLetters(bus, 'shop');
    const largest = async () =>
      Math.max(0, ...(await all(letters)).map(({ record: { value } }) => value?.byteLength ?? -1));
    await until('the largest is a letter', async () => (await largest()) === fits + '{"id":""}'.length);
    expect(lengths.filter((length) => length === fits)).toHaveLength(2);
    expect((await all(letters)).filter(({ byReference }) => byReference)).toEqual([]);
  });

  it('an event that its tiers and dead letters do not take becomes a letter that says where it lies', async () => {
    const operator = world.transport();
    const small = ['shop.retry.1s', 'shop.dead'].map((name) => ({
      name: `${world.namespace}.${name}`,
      cleanup: 'delete' as const,
      maxRecordBytes: 100_000,
    }));
    await operator.topics.create(small);
    let mended = false;
    const lengths: number[] = [];
    const bus = world.bus('shop', {
      handlers: [
        {
          id: 'fail',
          events: [Placed],
          retry: SOON,
          run: ({ id }: Order) => {
            lengths.push(id.length);
            if (!mended) throw new Error('no');
          },
        },
      ],
      consumer: { retryTiers: ['1s'] },
    });
    await bus.start();
    const id = 'x'.repeat(500_000);
    const { partition, offset } = await bus.events.publish(Placed, { id }, { key: 'k' });
    const letters = new DeadLetters(bus, 'shop');
    await until('it is a letter', async () => (await all(letters)).length === 1);
    const [letter] = await all(letters);
    expect(letter).toMatchObject({
      handlerId: 'fail',
      reason: 'too-large',
      byReference: true,
      history: { origin: { topic, partition, offset } },
    });
    expect(letter!.record.value).toBeNull();
    await bus.events.publish(Placed, { id: 'small' }, { partition });
    await until('what lies behind is handled', () => lengths.includes('small'.length));
    // Redriven, it comes from where it lies.
    mended = true;
    const { redriven, refused } = await letters.redrive({ reason: 'too-large' }, { actor: 'ann' });
    expect([redriven, refused]).toEqual([1, []]);
    await until('it is handled whole', () => lengths.length === 3);
    expect(lengths.toSorted((a, b) => a - b)).toEqual([5, id.length, id.length]);
  });

  it('a tombstone reaches the handler that asks for it, with its key, also from a tier', async () => {
    const erased: string[] = [];
    const charged: string[] = [];
    const bus = world.bus('shop', {
      handlers: [
        {
          id: 'erase',
          events: [Placed],
          tombstones: true,
          retry: SOON,
          run: (order: Order | null, { key, attempt }: EventContext) => {
            erased.push(`${key} ${attempt} ${order === null ? 'erased' : order.id}`);
            if (attempt === 1) throw new Error('not yet');
          },
        },
        { id: 'charge', events: [Placed], run: ({ id }: Order) => void charged.push(id) },
      ],
      consumer: { retryTiers: ['1s'] },
    });
    await bus.start();
    await bus.transport.append({ topic, partition: 0 }, [record(null, { key: Buffer.from('ann') })], LONG);
    await bus.events.publish(Placed, { id: 'bob' });
    await until('all of it happened', () => erased.length === 4 && charged.length === 1);
    expect(erased.toSorted()).toEqual(['ann 1 erased', 'ann 2 erased', 'bob 1 bob', 'bob 2 bob']);
    expect(charged).toEqual(['bob']);
    expect(await all(new DeadLetters(bus, 'shop'))).toEqual([]);
  });

  it('records without headers, with thousands, and with the same name many times are events, also from a tier', async () => {
    const seen: string[] = [];
    const bus = world.bus('shop', {
      handlers: [
        {
          id: 'see',
          events: [Placed],
          retry: SOON,
          run: ({ id }: Order, { attempt, headers, eventId }: EventContext) => {
            if (attempt === 1) throw new Error('not yet');
            seen.push(`${id} ${Object.keys(headers).length} ${headers['h7'] ?? 'none'} ${eventId}`);
          },
        },
      ],
      consumer: { retryTiers: ['1s'] },
    });
    await bus.start();
    const header = (name: string, value: string | null) =>
      [name, value === null ? null : Buffer.from(value)] as const;
    const thousands = Array.from({ length: 5_000 }, (_, n) => header(`h${n}`, `${n}`));
    const same = Array.from({ length: 1_000 }, (_, n) => header('h7', `${n}`));
    await bus.transport.append(
      { topic, partition: 3 },
      [
        record('{"id":"none"}'),
        record('{"id":"thousands"}', { headers: thousands }),
        record('{"id":"same"}', { headers: [...same, header('ce_id', 'one'), header('ce_id', 'two')] }),
        record('{"id":"null"}', { headers: [header('h7', null), header('ce_type', null)] }),
      ],
      LONG,
    );
    await until('all are handled', () => seen.length === 4);
    expect(seen.toSorted()).toEqual([
      `none 0 none ${topic}-3-0`,
      `null 0 none ${topic}-3-3`,
      'same 1 999 two',
      `thousands 5000 7 ${topic}-3-1`,
    ]);
  });
});

async function all(letters: DeadLetters): Promise<ListedLetter[]> {
  const found: ListedLetter[] = [];
  for await (const letter of letters.list()) found.push(letter);
  return found;
}
