import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClosedError, TransportError, type Tramline } from '@tramline/core';
import { Placed, Rig } from '../spec-support/rig.js';

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});
afterEach(async () => {
  await rig.close();
  expect(rig.clock.pending).toBe(0);
});

const errors = () => rig.lines.filter((line) => line.startsWith('error'));

/** Waits in virtual time. @returns how many milliseconds of it were needed */
async function took(work: Promise<unknown>): Promise<number> {
  const began = rig.clock.monotonic();
  let ended = false;
  void work.then(() => (ended = true));
  await rig.clock.runUntil(() => ended, '5m');
  return rig.clock.monotonic() - began;
}

/** The members of the group, as another process sees them. */
const members = async () => (await rig.bus().transport.groups.describe('shop')).members;

describe('a bus that is closed', () => {
  it('while it starts joins nothing, however often it is asked', async () => {
    const bus = rig.bus({ handlers: [rig.handler('a')] });
    await took(Promise.all([bus.start(), bus.stopConsuming(), bus.close(), bus.close()]));
    expect(await members()).toEqual([]);
    await expect(bus.start()).rejects.toThrow(ClosedError);
    await expect(bus.events.publish(Placed, { userId: 'u', n: 0 })).rejects.toThrow(ClosedError);
  });

  it.each([
    ['before it could start', () => rig.broker.setAway(true)],
    ['while it looks for its positions', () => rig.broker.failNext('commit', {}, { times: Infinity })],
  ])('while the broker is away, %s, does not wait for it', async (_, fail) => {
    fail();
    const bus = rig.bus({ handlers: [rig.handler('a')] });
    await bus.start();
    await rig.clock.advance('1s');
    expect(await took(bus.close())).toBeLessThan(6_000);
    expect(errors()).toEqual([]);
  });

  it('while a handler runs lets it end and publish, and commits what it did', async () => {
    const bus: Tramline = await rig.started([
      rig.handler('a', async ({ n }) => {
        if (n > 0) return;
        await new Promise<void>((resolve) => rig.clock.setTimer(1_000, resolve));
        await bus.events.publish(Placed, { userId: 'v', n: 1 });
      }),
    ]);
    await bus.events.publish(Placed, { userId: 'u', n: 0 });
    await rig.clock.advance('100ms');
    await took(bus.close());
    expect(rig.broker.records('order.placed')).toHaveLength(2);
    expect(rig.committed()).toContain(1);
  });

  it('while an event is being published waits for its receipt', async () => {
    const bus = rig.bus();
    rig.broker.setAway(true);
    const publishing = bus.events.publish(Placed, { userId: 'u', n: 0 });
    const closing = bus.close();
    await rig.clock.advance('2s');
    rig.broker.setAway(false);
    expect(await took(closing)).toBeLessThan(5_000);
    await expect(publishing).resolves.toMatchObject({ offset: 0 });
  });
});

describe('a group that the broker refuses', () => {
  const refuse = (times: number) => {
    const error = new TransportError('TRAMLINE_REFUSED', 'not allowed to commit');
    rig.broker.failNext('commit', { error }, { times });
  };

  it('says so, is not ready, and joins again by itself', async () => {
    refuse(2);
    const bus = rig.bus({ handlers: [rig.handler('a')] });
    await bus.start();
    await rig.clock.advance('500ms');
    expect(bus.health()).toMatchObject({
      ready: false,
      live: true,
      groups: [{ status: 'failed', lastError: { code: 'TRAMLINE_REFUSED' } }],
    });
    await rig.clock.runUntil(() => bus.health().ready, '1m');
    // The same fault again is no news.
    expect(errors()).toHaveLength(1);
    expect(rig.lines).toContain("info Group 'shop' is back.");
    expect(await members()).toHaveLength(1);
  });

  it('stays away when the bus is closed before that', async () => {
    refuse(Infinity);
    const bus = rig.bus({ handlers: [rig.handler('a')] });
    await bus.start();
    await rig.clock.advance('500ms');
    await took(bus.close());
    await rig.clock.advance('5m');
    expect(errors()).toHaveLength(1);
    expect(await members()).toEqual([]);
  });
});

it('a handler outlasts an outage of the broker, and runs once', async () => {
  const held = Promise.withResolvers<void>();
  const bus = await rig.started([rig.handler('a', () => held.promise)]);
  await bus.events.publish(Placed, { userId: 'u', n: 0 });
  await rig.clock.advance('1s');
  rig.broker.setAway(true);
  await rig.clock.advance('30s');
  expect(bus.health().ready).toBe(false);
  held.resolve();
  await rig.clock.advance('20s');
  rig.broker.setAway(false);
  await rig.clock.runUntil(() => rig.committed().includes(1), '1m');
  expect(bus.health().ready).toBe(true);
  expect(rig.runs).toHaveLength(1);
});

describe('options that come from configuration', () => {
  it.each(['false', 'no', 0, null, {}, [], { groups: 'a' }, { groups: [] }])(
    'consume: %j is refused, not taken for true',
    (consume) => {
      expect(() => rig.bus({ consume: consume as never })).toThrow(
        /consume is .*; give true, false, or \{ groups/,
      );
    },
  );

  it('checks policies that no handler uses', () => {
    expect(() => rig.bus({ policies: { gateway: { delays: ['x' as never] } } })).toThrow(
      /policies.gateway: 'x' is no delay/,
    );
  });

  it('derives the default policy from the tiers', async () => {
    const bus = await rig.started(
      [
        rig.handler('a', () => Promise.reject(new Error('no'))),
        rig.handler('b', () => {}, { delivery: 'broadcast', retry: { delays: ['1h'] } }),
      ],
      { consumer: { retryTiers: ['1s', '3s'] } },
    );
    await bus.events.publish(Placed, { userId: 'u', n: 0 });
    await rig.clock.advance('10m');
    expect(rig.seen('waiting').map(({ delayMs }) => delayMs)).toEqual([
      1_000,
      ...Array<number>(24).fill(3_000),
    ]);
    expect(rig.dead()).toHaveLength(1);
  });
});
