import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EventContext } from '@tramline/core';
import { Placed, Rig } from '../../spec-support/rig.js';

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});
afterEach(async () => {
  await rig.close();
  expect(rig.clock.pending).toBe(0);
});

const ofShop = ({ group }: { group?: string }) => group === 'shop';
const errors = () => rig.lines.filter((line) => line.startsWith('error'));

describe('positions that are gone on several partitions at once', () => {
  /** Both partitions lose what was not fetched yet, and the consumer finds out about both. */
  const lose = async (outOfRange: 'stop' | 'earliest') => {
    const bus = await rig.started([rig.handler('a')], { consumer: { outOfRange } });
    const consume = vi.spyOn(bus.transport, 'consume');
    rig.broker.failNext('fetch', {}, { times: Infinity, where: ofShop });
    for (const partition of [0, 1]) {
      for (let n = 0; n < 5; n++) await bus.events.publish(Placed, { userId: 'u', n }, { partition });
      rig.broker.deleteBefore({ topic: 'order.placed', partition }, 3);
    }
    rig.broker.clearFaults();
    await rig.clock.advance('10s');
    return { bus, consume };
  };

  it('let the group join anew once, and go on at the earliest', async () => {
    const { bus, consume } = await lose('earliest');
    expect(consume).toHaveBeenCalledTimes(1);
    expect((await bus.transport.groups.describe('shop')).members).toHaveLength(1);
    expect(
      rig
        .runsOf('a')
        .map(({ n }) => n)
        .toSorted((one, other) => one - other),
    ).toEqual([3, 3, 4, 4]);
    expect(bus.health().ready).toBe(true);
  });

  it('stop the group once, for good', async () => {
    const { bus, consume } = await lose('stop');
    await rig.clock.advance('5m');
    expect(consume).not.toHaveBeenCalled();
    expect(errors()).toHaveLength(1);
    expect(bus.health().groups).toMatchObject([
      { status: 'failed', partitions: 0, lastError: { code: 'TRAMLINE_OUT_OF_RANGE' } },
    ]);
  });
});

it('a log that was shorter and has grown past the position since is read from where outOfRange says', async () => {
  const bus = rig.bus({ handlers: [rig.handler('a')], consumer: { outOfRange: 'earliest' } });
  const consume = vi.spyOn(bus.transport, 'consume');
  await bus.start();
  await rig.clock.runUntil(() => bus.health().ready, '1m');
  for (let n = 0; n < 3; n++) await bus.events.publish(Placed, { userId: 'u', n }, { partition: 0 });
  await rig.clock.runUntil(() => rig.committed()[0] === 3, '1m');
  const [, listener] = consume.mock.calls[0]!;
  // So the transport finds it; by the time the group is joined anew there are three records again.
  const found = { topic: 'order.placed', partition: 0, committed: null, earliest: 0, end: 1 };
  listener.outOfRange(found, 3);
  await rig.clock.advance('10s');
  expect(rig.runsOf('a').map(({ n }) => n)).toEqual([0, 1, 2, 0, 1, 2]);
});

const untilAborted = (_: Placed, { signal }: EventContext) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));

describe('partitions that are lost while their positions are looked up', () => {
  it('are not held, and take no part of the budget', async () => {
    const MiB = 1024 * 1024;
    // Three partitions of four MiB each, as long as nobody else is thought to hold one.
    const bus = await rig.started([rig.handler('a', untilAborted)], {
      consumer: { windowBytes: 12 * MiB },
      publisher: { maxEventBytes: 3 * MiB, bufferBytes: 64 * MiB },
    });
    for (let again = 0; again < 3; again++) {
      rig.broker.failNext('topics', {}, { times: 5 });
      rig.broker.expireSessions('shop');
      await rig.clock.advance('100ms');
    }
    await rig.clock.runUntil(() => bus.health().ready, '1m');
    await rig.clock.advance('1m');
    await bus.events.publish(Placed, { userId: 'u'.repeat(2.5 * MiB), n: 0 }, { partition: 0, key: null });
    await rig.clock.advance('1s');
    expect(rig.runs).toHaveLength(1);
    expect(rig.seen('paused')).toEqual([]);
    expect(errors()).toEqual([]);
  });

  it('do not keep a new group from the others', async () => {
    const bus = rig.bus({ handlers: [rig.handler('a')] });
    rig.broker.failNext('commit', {}, { times: 3, where: ofShop });
    await bus.start();
    await rig.clock.advance('50ms');
    rig.broker.expireSessions('shop');
    await rig.clock.runUntil(() => bus.health().ready, '1m');
    await bus.events.publish(Placed, { userId: 'u', n: 0 });
    await rig.clock.advance('1s');
    expect(rig.runs).toHaveLength(1);
    expect(errors()).toEqual([]);
  });
});
