import { describe, expect, it } from 'vitest';
import { Counted, modelWorld } from '../spec/model-world.js';
import { flightMsFor } from './settings.js';

type World = ReturnType<typeof modelWorld>;

/** How many buckets each owner has, largest first. */
function shares({ database }: World): number[] {
  const counts = new Map<string, number>();
  for (const { owner, expiresAt } of database.leases)
    if (owner && expiresAt > database.now()) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  return [...counts.values()].sort((one, other) => other - one);
}

describe('several relays', () => {
  it('share the buckets fairly, as they come and go', async () => {
    const world = modelWorld();
    await world.start();
    await world.clock.advance('1s');
    expect(shares(world)).toEqual([64]);
    const second = await world.start();
    await world.clock.advance('10s');
    expect(shares(world)).toEqual([32, 32]);
    await world.start();
    await world.clock.advance('10s');
    expect(shares(world)).toEqual([22, 22, 20]);
    await second.bus.stopConsuming();
    await world.clock.advance('10s');
    expect(shares(world)).toEqual([32, 32]);
  });

  it('keep the order of keys while buckets change hands under load', async () => {
    const world = modelWorld();
    const first = await world.start();
    let n = 0;
    const load = async (rounds: number) => {
      for (let round = 0; round < rounds; round++) {
        for (let key = 0; key < 10; key++) await first.put({ k: `k${key}`, n: n++ });
        await world.clock.advance(50);
      }
    };
    await load(20);
    const second = await world.start();
    await load(100);
    second.store.crash();
    await load(20);
    await world.start();
    await load(200);
    await world.drained();
    for (let key = 0; key < 10; key++) {
      const order = world.order(`k${key}`);
      expect(order).toHaveLength(340);
      expect(order).toEqual([...order].sort((one, other) => one - other));
    }
  });

  it('take over within the lease time and a beat after one died', async () => {
    const world = modelWorld();
    const first = await world.start();
    const second = await world.start();
    await world.clock.advance('10s');
    second.store.crash();
    const died = world.clock.monotonic();
    for (let n = 0; n < 64; n++) await first.put({ k: `k${n}`, n });
    await world.drained();
    expect(world.clock.monotonic() - died).toBeLessThanOrEqual(16_500);
  });
});

describe('a relay that stands still for longer than its lease', () => {
  it('writes nothing down for buckets that others own, and order of first appearances stays', async () => {
    const world = modelWorld({ partitions: 1 });
    const first = await world.start();
    await world.clock.advance('1s');
    // The append of the first lies at the broker for twenty seconds, as that of a process that stands still would.
    world.broker.failNext('append', { applied: { afterMs: 40_000 }, outcome: 'unknown' });
    first.store.setAway(true);
    const second = await world.start();
    await second.bus.outbox.transaction((tx) =>
      second.bus.outbox.publishAll(
        tx,
        [1, 2].map((n) => [Counted, { k: 'a', n }] as const),
      ),
    );
    await world.clock.advance('20s');
    first.store.setAway(false);
    await second.put({ k: 'a', n: 3 });
    await world.drained();
    await world.clock.advance('1m');
    expect(world.order('a')).toEqual([1, 2, 3]);
  });

  it('starts no flight that its lease would not outlast', async () => {
    const world = modelWorld({ partitions: 1 });
    const first = await world.start();
    await world.clock.advance('1s');
    await first.put({ k: 'a', n: 1 });
    await world.drained();
    // From here on no beat succeeds, everything else does.
    world.database.failNext('beat', {}, { times: Infinity });
    await world.clock.advance('11s');
    await first.put({ k: 'a', n: 2 });
    await world.clock.advance('1m');
    expect(world.order('a')).toEqual([1]);
    world.database.clearFaults();
    await world.drained();
    expect(world.order('a')).toEqual([1, 2]);
  });

  it.each(['forward', 'back'])('counts its lease by a clock that nobody sets %s', async (direction) => {
    const world = modelWorld({ partitions: 1 });
    const first = await world.start();
    await world.clock.advance('1s');
    await first.put({ k: 'a', n: 1 });
    await world.drained();
    world.database.failNext('beat', {}, { times: Infinity });
    world.clock.jump(direction === 'back' ? -3_600_000 : 3_600_000);
    await first.put({ k: 'a', n: 2 });
    await world.clock.advance('2s');
    expect(world.order('a')).toEqual([1, 2]);
    await world.clock.advance('9s');
    await first.put({ k: 'a', n: 3 });
    await world.clock.advance('1m');
    expect(world.order('a')).toEqual([1, 2]);
    world.database.clearFaults();
    await world.drained();
    expect(world.order('a')).toEqual([1, 2, 3]);
  });
});

it.each([3_000, 6_000, 15_000, 3_600_000])(
  'a lease of %i ms is at least twice as long as a flight',
  (leaseMs) => {
    expect(flightMsFor(leaseMs)).toBeGreaterThan(0);
    expect(leaseMs).toBeGreaterThanOrEqual(2 * flightMsFor(leaseMs));
  },
);
