import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventContext, OffsetsMissingError, OutOfRangeError } from '@tramline/core';
import { Placed, Rig } from '../../spec-support/rig.js';

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});
afterEach(async () => {
  await rig.close();
  // Nothing may be left behind by a bus that was closed: no timer, no lane, no commit loop.
  expect(rig.clock.pending).toBe(0);
});

const publish = (bus: ReturnType<Rig['bus']>, count: number, users = 5) =>
  Promise.all(
    Array.from({ length: count }, (_, n) => bus.events.publish(Placed, { userId: `u${n % users}`, n })),
  );

describe('consuming', () => {
  it('gives every event to every handler, keys in order, and commits what is done', async () => {
    const bus = await rig.started([rig.handler('a'), rig.handler('b', () => Promise.resolve())]);
    await publish(bus, 50);
    await rig.clock.advance('2s');
    for (const handler of ['a', 'b']) {
      const runs = rig.runsOf(handler);
      expect(runs.map(({ n }) => n).sort((x, y) => x - y)).toEqual(Array.from({ length: 50 }, (_, n) => n));
      for (let user = 0; user < 5; user++) {
        const own = runs.filter(({ userId }) => userId === `u${user}`).map(({ n }) => n);
        expect(own).toEqual([...own].sort((x, y) => x - y));
      }
    }
    expect(rig.committed().reduce((sum, offset) => sum + offset, 0)).toBe(50);
  });

  it('gives handlers their context, also through AsyncLocalStorage, and carries correlation on', async () => {
    let current: EventContext | undefined;
    const bus = await rig.started([
      rig.handler('a', async (_, context) => {
        await Promise.resolve();
        current = EventContext.current();
        if (context.key === 'u0') await bus.events.publish(Placed, { userId: 'child', n: 1 });
      }),
    ]);
    const receipt = await bus.events.publish(
      Placed,
      { userId: 'u0', n: 0 },
      { headers: { tenant: 'acme' }, correlationId: 'c-1' },
    );
    await rig.clock.advance('1s');
    const [parent, child] = rig.runs.map((run) => run.context);
    expect(parent).toMatchObject({
      eventId: receipt.eventId,
      type: 'order.placed',
      key: 'u0',
      attempt: 1,
      source: 'shop',
      headers: { tenant: 'acme' },
      correlationId: 'c-1',
      handlerId: 'a',
      group: 'shop',
    });
    expect(parent?.origin).toMatchObject({
      topic: receipt.topic,
      partition: receipt.partition,
      offset: receipt.offset,
    });
    expect(child).toMatchObject({ correlationId: 'c-1', causationId: receipt.eventId });
    expect(current).toBe(child);
    expect(EventContext.current()).toBeUndefined();
  });

  it('begins attempts in the asynchronous context in which the bus was started', async () => {
    const request = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const handler = rig.handler('a', async () => {
      const before = request.getStore();
      await Promise.resolve();
      seen.push([before, request.getStore(), EventContext.current()?.key]);
    });
    const bus = await request.run('boot', () => rig.started([handler]));
    await request.run('a request', () => bus.events.publish(Placed, { userId: 'u', n: 0 }));
    await request.run('another', () => rig.clock.advance('1s'));
    expect(seen).toEqual([['boot', 'boot', 'u']]);
  });

  it('keeps a slow key from holding other keys and other handlers', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const bus = await rig.started([
      rig.handler('slow', (event) => (event.userId === 'u0' && event.n === 0 ? gate : undefined)),
      rig.handler('quick'),
    ]);
    await publish(bus, 20);
    await rig.clock.advance('1s');
    expect(rig.runsOf('quick')).toHaveLength(20);
    expect(rig.runsOf('slow').filter(({ userId }) => userId === 'u0')).toHaveLength(1);
    expect(rig.runsOf('slow')).toHaveLength(17);
    release();
    await rig.clock.advance('1s');
    expect(rig.runsOf('slow')).toHaveLength(20);
  });

  it('does not repeat after a crash what the offset map says is finished', async () => {
    let crashed = false;
    const stuck = (event: Placed) => (!crashed && event.n === 0 ? new Promise(() => {}) : undefined);
    const bus = await rig.started([rig.handler('a', stuck)]);
    await publish(bus, 30, 6);
    await rig.clock.advance('2s');
    expect(rig.runsOf('a')).toHaveLength(26);
    crashed = true;
    rig.crash(bus);
    rig.runs.length = 0;
    await rig.started([rig.handler('a', stuck)]);
    await rig.clock.advance('30s');
    // The stuck event and the four behind it in its key; none of the others.
    expect(rig.runsOf('a').map(({ n }) => n)).toEqual([0, 6, 12, 18, 24]);
  });

  it('hands partitions over without a repeat when a second process joins and when one leaves', async () => {
    const work = () => new Promise<void>((resolve) => rig.clock.setTimer(20, resolve));
    const first = await rig.started([rig.handler('a', work)]);
    const publishing = publish(first, 300, 40);
    await rig.clock.advance('50ms');
    const second = rig.bus({ handlers: [rig.handler('a', work)] });
    await second.start();
    await rig.clock.advance('10s');
    const stopping = first.stopConsuming();
    await rig.clock.advance('30s');
    await Promise.all([publishing, stopping]);
    expect(
      rig
        .runsOf('a')
        .map(({ n }) => n)
        .sort((x, y) => x - y),
    ).toEqual(Array.from({ length: 300 }, (_, n) => n));
  });

  it('pauses a partition at the window and goes on when it drained', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const bus = await rig.started([rig.handler('a', () => gate)], { consumer: { window: 10 } });
    await publish(bus, 2_000, 1);
    await rig.clock.advance('1s');
    expect(rig.seen('paused')).toHaveLength(1);
    release();
    await rig.clock.advance('1m');
    expect(rig.runsOf('a')).toHaveLength(2_000);
    expect(rig.seen('resumed').length).toBeGreaterThan(0);
  });

  it('aborts an attempt that takes too long, counts it as failed and goes on with the key', async () => {
    const signals: AbortSignal[] = [];
    const bus = await rig.started([
      rig.handler(
        'a',
        (event, { signal }) => {
          if (event.n > 0) return undefined;
          signals.push(signal);
          return new Promise(() => {});
        },
        { timeout: '1s', retry: { inPlace: 1, delays: [] } },
      ),
    ]);
    await publish(bus, 2, 1);
    await rig.clock.advance('1100ms');
    expect(signals[0]?.aborted).toBe(true);
    expect(rig.runsOf('a')).toHaveLength(1);
    await rig.clock.advance('2s');
    expect(rig.runsOf('a').map(({ n }) => n)).toEqual([0, 1]);
    expect(rig.dead()).toHaveLength(1);
  });

  it('skips and counts types that nobody handles', async () => {
    const bus = await rig.started([rig.handler('a')]);
    await rig.broker.transports[0]!.append(
      { topic: 'order.placed', partition: 0 },
      [{ key: null, value: Buffer.from('{}'), headers: [['ce_type', Buffer.from('order.shipped')]] }],
      { timeoutMs: 1_000 },
    );
    await rig.clock.advance('1s');
    expect(rig.runs).toHaveLength(0);
    expect(bus.health().groups[0]).toMatchObject({ skipped: 1, status: 'joined' });
    expect(rig.committed()).toContain(1);
  });

  it('gives a broadcast to every process, from now on, and commits nothing', async () => {
    const publisher = rig.bus();
    await publish(publisher, 3);
    for (const id of ['x', 'y']) await rig.started([rig.handler(id, () => {}, { delivery: 'broadcast' })]);
    await publish(publisher, 4);
    await rig.clock.advance('1s');
    expect(rig.runsOf('x')).toHaveLength(4);
    expect(rig.runsOf('y')).toHaveLength(4);
    expect(rig.broker.committed('shop.broadcast', 'order.placed')).toEqual([]);
  });

  it('says which events of a broadcast are given up, and goes on', async () => {
    const fail = ({ n }: Placed) => {
      if (n === 0) throw new Error('the socket is gone');
    };
    const bus = await rig.started([rig.handler('push', fail, { delivery: 'broadcast' })]);
    const target = { topic: 'order.placed', partition: 0 };
    await bus.transport.append(target, [{ key: null, value: Buffer.from('{'), headers: [] }], {
      timeoutMs: 1_000,
    });
    await publish(bus, 2, 1);
    await rig.clock.advance('10s');
    expect(rig.runsOf('push').map(({ n }) => n)).toEqual([0, 0, 0, 1]);
    expect(rig.broker.topics).not.toContain('shop.dead');
    const errors = rig.lines.filter((line) => line.startsWith('error'));
    expect(errors).toEqual([
      expect.stringContaining('Record order.placed/0/0 is given up by the broadcast handlers'),
      expect.stringMatching(
        /'order.placed' .+ is given up by broadcast handler 'push' .+attempt 3\): the socket is gone/,
      ),
    ]);
  });

  it('runs a batch outside every event, also one that was published by a handler', async () => {
    const contexts: unknown[] = [];
    const bus = await rig.started([
      rig.handler('a', ({ n }) => (n === 0 ? bus.events.publish(Placed, { userId: 'u', n: 1 }) : undefined)),
      {
        id: 'batch',
        events: [Placed],
        batch: { size: 1 },
        run: () => void contexts.push(EventContext.current()),
      },
    ]);
    await publish(bus, 1);
    await rig.clock.advance('1s');
    expect(contexts).toEqual([undefined, undefined]);
  });

  it('gathers batches by size and by time', async () => {
    const sizes: number[] = [];
    const bus = await rig.started([
      {
        id: 'batch',
        events: [Placed],
        batch: { size: 10, wait: '100ms' },
        run: (events: Placed[]) => void sizes.push(events.length),
      },
    ]);
    await publish(bus, 25, 1);
    await rig.clock.advance('1s');
    expect(sizes).toEqual([10, 10, 5]);
    expect(rig.committed().reduce((sum, offset) => sum + offset, 0)).toBe(25);
  });
});

describe('starting', () => {
  it('starts at the earliest unless told otherwise, and says how much that is', async () => {
    const publisher = rig.bus();
    await publish(publisher, 8);
    await rig.started([rig.handler('a')]);
    await rig.clock.advance('1s');
    expect(rig.runsOf('a')).toHaveLength(8);
    expect(rig.lines.join('\n')).toMatch(
      /new on 'order.placed' and starts at the earliest: it will deliver 8 events of the past, the oldest from 2026-01-01/,
    );
  });

  it('starts at the latest where the first process saw it, however late another comes', async () => {
    const publisher = rig.bus();
    await publish(publisher, 8);
    const late = rig.handler('a', () => {}, { startFrom: 'latest' });
    const first = await rig.started([late]);
    await publish(publisher, 5);
    await rig.clock.advance('1s');
    await first.stopConsuming();
    await publish(publisher, 3);
    await rig.started([late]);
    await rig.clock.advance('1s');
    expect(rig.runsOf('a')).toHaveLength(8);
  });

  it('stops when the offsets of a known group are gone, and names the choices', async () => {
    const first = await rig.started([rig.handler('a')]);
    await publish(first, 8);
    await rig.clock.advance('1s');
    await first.stopConsuming();
    rig.broker.forgetCommits('shop', 'order.placed');
    const second = rig.bus({ handlers: [rig.handler('a')] });
    await second.start();
    await rig.clock.runUntil(() => second.health().groups[0]!.status === 'failed');
    expect(second.health().groups[0]!.lastError).toBeInstanceOf(OffsetsMissingError);
    expect(rig.runsOf('a')).toHaveLength(8);
  });

  it.each([
    ['stop', 0],
    ['earliest', 2],
    ['latest', 0],
  ] as const)(
    'does what outOfRange says when retention passed the group: %s',
    async (outOfRange, expected) => {
      const first = await rig.started([rig.handler('a')]);
      await publish(first, 3, 1);
      await rig.clock.advance('1s');
      await first.stopConsuming();
      const receipts = await publish(first, 5, 1);
      const { topic, partition } = receipts[0]!;
      rig.broker.deleteBefore({ topic, partition }, 6);
      rig.runs.length = 0;
      const second = rig.bus({ handlers: [rig.handler('a')], consumer: { outOfRange } });
      await second.start();
      await rig.clock.runUntil(() => ['failed', 'joined'].includes(second.health().groups[0]!.status));
      await rig.clock.advance('1s');
      expect(rig.runsOf('a')).toHaveLength(expected);
      if (outOfRange === 'stop') expect(second.health().groups[0]!.lastError).toBeInstanceOf(OutOfRangeError);
      else expect(second.health().ready).toBe(true);
    },
  );

  it('takes over the offsets of a renamed group', async () => {
    const first = await rig.started([rig.handler('a')]);
    await publish(first, 8);
    await rig.clock.advance('1s');
    await first.stopConsuming();
    await publish(first, 2);
    rig.runs.length = 0;
    await rig.started([rig.handler('a', () => {}, { group: 'store' })], {
      consumer: { previousGroups: { store: 'shop' } },
    });
    await rig.clock.advance('1s');
    expect(rig.runsOf('a')).toHaveLength(2);
  });

  it('starts partitions that a topic gained at the earliest', async () => {
    const bus = await rig.started([rig.handler('a', () => {}, { startFrom: 'latest' })]);
    await bus.transport.topics.grow('order.placed', 4);
    await bus.transport.append(
      { topic: 'order.placed', partition: 3 },
      [{ key: null, value: Buffer.from('{"userId":"u","n":7}'), headers: [] }],
      { timeoutMs: 1_000 },
    );
    await rig.clock.advance('2m');
    expect(rig.runsOf('a')).toEqual([{ userId: 'u', n: 7 }]);
  });
});
