import { setTimeout as realDelay } from 'node:timers/promises';
import {
  BatchError,
  defineEvent,
  NonRetryableError,
  type EventContext,
  type HandlerDefinition,
} from '@tramline/core';
import { DeadLetters } from '@tramline/core/ops';
import { TestBus, TestBusError } from '@tramline/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

interface Placed {
  readonly orderId: string;
  readonly n?: number;
}

const Placed = defineEvent<Placed>('order.placed', { key: 'orderId' });
const Paid = defineEvent<Placed>('order.paid', { key: 'orderId' });

let bus: TestBus;
beforeEach(() => {
  bus = new TestBus({ patience: 50 });
});
afterEach(() => bus.close());

type Work = (event: Placed, context: EventContext) => unknown;

function handler(
  id: string,
  work: Work = () => {},
  more: Partial<HandlerDefinition> = {},
): HandlerDefinition {
  return { id, events: [Placed], run: work, ...more };
}

async function started(...handlers: HandlerDefinition[]) {
  const tramline = bus.create({ service: 'shop', contracts: [Placed, Paid], handlers });
  await tramline.start();
  await bus.idle();
  return tramline;
}

describe('time', () => {
  it('stands still but for what needs none: what is published is handled by idle()', async () => {
    await started(handler('ship'));
    const { eventId } = await bus.publish(Placed, { orderId: 'o1' });
    await bus.idle();
    expect(bus.handled('ship')).toMatchObject([
      { event: { orderId: 'o1' }, envelope: { id: eventId }, attempt: 1 },
    ]);
    expect(bus.clock.now()).toBe(Date.UTC(2026, 0, 1));
  });

  it('passes by advance(), and retries come when they are due', async () => {
    await started(handler('ship', () => {}, { retry: { delays: ['10s', '1m'] } }));
    bus.fail('ship', { times: 6 });
    await bus.publish(Placed, { orderId: 'o1' });
    await bus.advance('9s');
    expect(bus.handled('ship')).toEqual([]);
    await bus.advance('2s');
    expect(bus.handled('ship')).toEqual([]);
    await bus.advance('1m');
    expect(bus.handled('ship')).toMatchObject([{ attempt: 7 }]);
    expect(bus.handled('ship')[0]!.at.getTime()).toBeGreaterThanOrEqual(Date.UTC(2026, 0, 1, 0, 1, 10));
  });

  it('begins where the test says', async () => {
    const start = new Date('2030-05-05T05:05:05Z');
    bus = new TestBus({ start });
    await started();
    await bus.publish(Placed, { orderId: 'o1' });
    expect(bus.published(Placed)[0]!.envelope.time).toEqual(start);
  });

  it('does not pass while a handler does real work', async () => {
    bus = new TestBus({ patience: '30s' });
    await started(handler('slow', () => realDelay(20), { timeout: '1s' }));
    await bus.publish(Placed, { orderId: 'o1' });
    await bus.advance('10m');
    expect(bus.handled('slow')).toMatchObject([{ attempt: 1 }]);
    await bus.publish(Placed, { orderId: 'o2' });
    await bus.idle();
    expect(bus.handled('slow')).toHaveLength(2);
  });

  it('passes over a handler that hangs, which runs into its timeout', async () => {
    const hang = (_: Placed, { attempt }: EventContext) =>
      attempt === 1 ? new Promise(() => {}) : undefined;
    await started(handler('hang', hang));
    await bus.publish(Placed, { orderId: 'o1' });
    await expect(bus.idle()).rejects.toThrow('hang still runs after 50ms of real time');
    await bus.advance('2m');
    expect(bus.handled('hang')).toMatchObject([{ attempt: 2 }]);
  });

  it("is the test's own under fake timers, too", async () => {
    vi.useFakeTimers();
    try {
      await started(handler('ship'));
      await bus.publish(Placed, { orderId: 'o1' });
      await bus.advance('1h');
      expect(bus.handled('ship')).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('what a test asks', () => {
  it('tells what was published, typed, in order, by contract and by name', async () => {
    await started();
    for (const n of [3, 1, 2]) await bus.publish(Placed, { orderId: `o${n}`, n });
    await bus.publish(Paid, { orderId: 'o1' });
    const numbers: (number | undefined)[] = bus.published(Placed).map(({ event }) => event.n);
    expect(numbers).toEqual([3, 1, 2]);
    expect(bus.published('order.paid')).toMatchObject([
      {
        event: { orderId: 'o1' },
        envelope: { type: 'order.paid', source: 'shop', key: 'o1' },
        topic: 'order.paid',
      },
    ]);
  });

  it('tells dead letters with their reason, error and event, until they are redriven', async () => {
    const error = new NonRetryableError('no such address');
    const tramline = await started(handler('ship'), handler('bill'));
    bus.fail('ship', { error });
    const { eventId } = await bus.publish(Placed, { orderId: 'o1' });
    await bus.idle();
    expect(bus.deadLetters()).toMatchObject([
      {
        handlerId: 'ship',
        group: 'shop',
        reason: 'non-retryable',
        error,
        attempts: 1,
        event: { orderId: 'o1' },
        envelope: { id: eventId },
      },
    ]);
    expect(bus.handled('bill')).toHaveLength(1);
    const redriving = new DeadLetters(tramline, 'shop').redrive({}, { actor: 'test' });
    await bus.advance('1s');
    await redriving;
    expect(bus.deadLetters()).toEqual([]);
    expect(bus.handled('ship')).toMatchObject([{ envelope: { id: eventId }, attempt: 2 }]);
  });

  it('tells what a batch handler was through with, event by event', async () => {
    const run = (events: Placed[]) => {
      const failures = events.flatMap(({ n }, index) =>
        n === 2 ? [[index, new Error('no twos')] as const] : [],
      );
      if (failures.length > 0) throw new BatchError(new Map(failures));
    };
    await started({
      id: 'many',
      events: [Placed],
      batch: { size: 10 },
      retry: { inPlace: 1, delays: [] },
      run,
    });
    await Promise.all([1, 2, 3].map((n) => bus.publish(Placed, { orderId: 'o1', n })));
    await bus.advance('1s');
    expect(bus.handled<Placed>('many').map(({ event }) => event.n)).toEqual([1, 3]);
    expect(bus.deadLetters().map(({ event }) => event)).toMatchObject([{ n: 2 }]);
  });

  it('serves several services on one log', async () => {
    const shop = bus.create({ service: 'shop', contracts: [Placed] });
    const store = bus.create({ service: 'store', handlers: [handler('pick')] });
    await shop.start();
    await store.start();
    await shop.events.publish(Placed, { orderId: 'o1' });
    await bus.idle();
    expect(bus.handled('pick')).toHaveLength(1);
    expect(bus.published(Placed)).toMatchObject([{ envelope: { source: 'shop' } }]);
  });
});

describe('what a test makes happen', () => {
  it('fails attempts in the order planned, and runs nothing of the handler then', async () => {
    const work = vi.fn<Work>();
    await started(handler('ship', work, { retry: { inPlace: 1, delays: [] } }));
    bus.fail('ship', { error: new Error('first') });
    bus.fail('ship', { times: 2, error: new Error('then') });
    for (const orderId of ['o1', 'o2', 'o3', 'o4']) {
      await bus.publish(Placed, { orderId });
      await bus.idle();
    }
    expect(bus.deadLetters().map(({ error }) => error.message)).toEqual(['first', 'then', 'then']);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('delivers an event twice under one id', async () => {
    await started(handler('ship'));
    bus.duplicate(Placed);
    const { eventId } = await bus.publish(Placed, { orderId: 'o1' });
    await bus.publish(Placed, { orderId: 'o2' });
    await bus.idle();
    const ids = bus.handled('ship').map(({ envelope }) => envelope.id);
    expect(ids.filter((id) => id === eventId)).toHaveLength(2);
    expect(ids).toHaveLength(3);
    expect(bus.published(Placed)).toHaveLength(2);
  });

  it('delivers events of different topics in another order', async () => {
    const seen: string[] = [];
    const note = (_: Placed, { type }: EventContext) => seen.push(type);
    await started({ id: 'watch', events: [Placed, Paid], run: note });
    bus.hold(Placed);
    await bus.publish(Placed, { orderId: 'o1' });
    await bus.publish(Paid, { orderId: 'o1' });
    await bus.advance('1h');
    expect(seen).toEqual(['order.paid']);
    bus.release(Placed);
    await bus.idle();
    expect(seen).toEqual(['order.paid', 'order.placed']);
  });

  it('holds a topic from before anybody reads it, and releases all by default', async () => {
    const tramline = bus.create({ service: 'shop', handlers: [handler('ship')] });
    bus.hold(Placed);
    await tramline.start();
    await bus.publish(Placed, { orderId: 'o1' });
    await bus.idle();
    expect(bus.handled('ship')).toEqual([]);
    bus.release();
    await bus.idle();
    expect(bus.handled('ship')).toHaveLength(1);
  });

  it('lets a later event of a key overtake one that failed', async () => {
    await started(handler('ship'));
    bus.fail('ship', { times: 3 });
    await bus.publish(Placed, { orderId: 'o1', n: 1 });
    await bus.publish(Placed, { orderId: 'o1', n: 2 });
    await bus.advance('1m');
    expect(bus.handled<Placed>('ship').map(({ event }) => event.n)).toEqual([2, 1]);
  });
});

describe('the end', () => {
  it('leaves nothing behind, also when a retry is waiting', async () => {
    await started(handler('ship'));
    bus.fail('ship', { times: Infinity });
    await bus.publish(Placed, { orderId: 'o1' });
    await bus.advance('20s');
    await bus.close();
    expect(bus.clock.pending).toBe(0);
  });

  it('waits for a handler that runs', async () => {
    bus = new TestBus({ patience: '30s' });
    await started(handler('slow', () => realDelay(20)));
    await bus.publish(Placed, { orderId: 'o1' });
    await bus.clock.settle();
    await bus.close();
    expect(bus.handled('slow')).toHaveLength(1);
  });

  it('names a handler that does not end, and does not hang on it', async () => {
    let end = () => {};
    await started(handler('hang', () => new Promise<void>((resolve) => (end = resolve))));
    await bus.publish(Placed, { orderId: 'o1' });
    await bus.clock.settle();
    await expect(bus.close()).rejects.toThrow('hang still runs: let it end on context.signal');
    end();
    await bus.clock.settle();
    await bus.close();
  });
});

describe('what a test got wrong', () => {
  const thrown = (work: () => unknown) => {
    try {
      work();
    } catch (error) {
      return error as TestBusError;
    }
    throw new Error('nothing was thrown');
  };

  it('names the handlers there are', async () => {
    await started(handler('ship'), handler('bill'));
    for (const error of [thrown(() => bus.handled('shp')), thrown(() => bus.fail('shp'))]) {
      expect(error).toBeInstanceOf(TestBusError);
      expect(error.code).toBe('TRAMLINE_TEST_BUS');
      expect(error.message).toBe(`There is no handler 'shp'. Known: bill, ship.`);
    }
  });

  it('says what to call first', async () => {
    expect(thrown(() => bus.published(Placed)).message).toContain('Call create(options) first');
    await expect(bus.idle()).rejects.toThrow('Call create(options) first');
    bus.create({ service: 'shop' });
    expect(thrown(() => bus.handled('ship')).message).toContain(
      'call init() or start() of the service first',
    );
  });

  it('refuses times, durations and classes that are none', async () => {
    await started(handler('ship'));
    class Nothing {}
    expect(thrown(() => bus.fail('ship', { times: 0 })).message).toContain('a whole number from 1');
    expect(thrown(() => bus.published(Nothing)).message).toContain('class Nothing has no @EventContract');
    await expect(bus.advance('10 minutes' as '10m')).rejects.toThrow('"10 minutes" is no duration');
  });
});
