import { sleep } from '@tramline/core';
import { describe, expect, it } from 'vitest';
import { Counted, modelWorld, type Process } from '../spec/model-world.js';

/** Counts how often a process looks for rows. */
function looks({ store }: Process): { count: number } {
  const counted = { count: 0 };
  const pending = store.pending.bind(store);
  store.pending = (request) => {
    counted.count++;
    return pending(request);
  };
  return counted;
}

/** One process that has had nothing to do for a while. */
async function idle() {
  const world = modelWorld();
  const one = await world.start();
  await world.clock.advance('10s');
  return { world, one, looked: looks(one) };
}

describe('a relay looks', () => {
  it('when a transaction of its own process has ended, and not while it is open', async () => {
    const { world, one, looked } = await idle();
    const writing = one.bus.outbox.transaction(async (tx) => {
      await one.bus.outbox.publish(tx, Counted, { k: 'a', n: 1 });
      await sleep(world.clock, 3_000);
    });
    await world.clock.advance(2_900);
    // Idle, it looks once a second.
    expect(looked.count).toBeLessThan(5);
    await world.clock.advance(110);
    await writing;
    expect(world.order('a')).toEqual([1]);
  });

  it('not at all for a transaction that wrote nothing or was rolled back', async () => {
    const { world, one, looked } = await idle();
    await one.bus.outbox.transaction(async () => undefined);
    const failing = one.bus.outbox.transaction(async (tx) => {
      await one.bus.outbox.publish(tx, Counted, { k: 'a', n: 1 });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await world.clock.advance('5s');
    expect(looked.count).toBeLessThan(8);
  });

  it('from the write on where somebody else commits', async () => {
    const { world, one, looked } = await idle();
    const writing = one.store.transaction(async (tx) => {
      await one.bus.outbox.publish(tx, Counted, { k: 'a', n: 1 });
      await sleep(world.clock, 500);
    });
    await world.clock.advance(490);
    expect(looked.count).toBeGreaterThan(20);
    await world.clock.advance(40);
    await writing;
    expect(world.order('a')).toEqual([1]);
  });

  it('not for rows that another relay owns', async () => {
    const world = modelWorld();
    const [one] = [await world.start(), await world.start()];
    await world.clock.advance('10s');
    const { leases } = world.database;
    const owner = async (key: string) => {
      const record = { key: new TextEncoder().encode(key), value: null, headers: [] };
      const row = { id: key, type: 'counted', topic: 'counted', partition: undefined, record };
      let bucket: number | undefined;
      const writing = one.store.transaction(async (tx) => {
        [bucket] = await one.store.insert(tx, [row], { ordered: true, delayMs: null });
        throw new Error('only asking');
      });
      await expect(writing).rejects.toThrow('only asking');
      return leases[bucket!]!.owner;
    };
    const byOwner = new Map<string | null, string>();
    for (let n = 0; byOwner.size < 2; n++) byOwner.set(await owner(`k${n}`), `k${n}`);
    const keys = [...byOwner.values()];
    const looked = world.processes.map((process) => looks(process));
    for (const key of keys) {
      await one.put({ k: key, n: 1 });
      await world.clock.advance('1s');
      expect(world.order(key)).toEqual([1]);
    }
    for (const { count } of looked) expect(count).toBeLessThan(30);
  });
});
