import { expect, it } from 'vitest';
import { describeOnBoth } from '../support/both.ts';
import { shiftedClock, shiftedProvider } from '../support/shifted.ts';
import { Counted } from '../support/world.ts';

const HOUR_MS = 3_600_000;

describeOnBoth('clocks', (world) => {
  const start = async (databaseMs: number, hostMs: number) =>
    world().start({
      clock: shiftedClock(hostMs),
      provider: await shiftedProvider(world().database, databaseMs, { relay: { lease: '3s' } }),
    });

  /** When the lease of a relay ends, as the table says. */
  const leaseEnd = async (): Promise<number> => {
    const sqlite = world().database.name === 'SQLite';
    const query = sqlite
      ? 'SELECT max(expires_at) AS until FROM tramline_relay'
      : 'SELECT extract(epoch FROM max(expires_at)) * 1000 AS until FROM shifted.tramline_relay';
    return Number((await world().database.run(query))[0]!['until']);
  };

  it.each([
    ['the database an hour ahead', HOUR_MS, 0],
    ['the database an hour behind', -HOUR_MS, 0],
    ['the service an hour ahead', 0, HOUR_MS],
    ['the service an hour behind', 0, -HOUR_MS],
    ['both an hour off, in opposite ways', HOUR_MS, -HOUR_MS],
  ])(
    '%s: events go at once, delayed ones when they are due by the time of whoever said when',
    async (_, off, host) => {
      const { put, bus } = await start(off, host);
      await put({ key: 'a', n: 1 }, { key: 'a', n: 2 });
      await world().arrived(2);
      // The database really tells another time.
      expect(Math.round(((await leaseEnd()) - Date.now()) / HOUR_MS)).toBe(off / HOUR_MS);
      await bus.outbox.transaction(async (tx) => {
        const at = new Date(bus.clock.now() + 600);
        await bus.outbox.publish(tx, Counted, { key: 'b', n: 3 }, { delay: 600 });
        await bus.outbox.publish(tx, Counted, { key: 'b', n: 4 }, { at });
        await bus.outbox.publish(tx, Counted, { key: 'b', n: 5 }, { delay: '10m' });
      });
      expect((await bus.outbox.status()).oldestMs ?? 0).toBeLessThan(HOUR_MS / 2);
      await world().arrived(4);
      expect(world().order('a')).toEqual([1, 2]);
      await world().until('only one waits', async () => {
        const { backlog, scheduled } = await bus.outbox.status();
        return backlog === 0 && scheduled === 1;
      });
    },
  );

  it.each([
    ['ahead', HOUR_MS],
    ['behind', -HOUR_MS],
  ])(
    'the database an hour %s: leases hold while they are renewed, and pass on when they are not',
    async (_, off) => {
      const one = await start(off, 0);
      const two = await start(off, 0);
      await world().until('both relay', async () => {
        const { relays } = await one.bus.outbox.status();
        return relays.length === 2 && relays.every(({ buckets }) => buckets === 32);
      });
      await one.put({ key: 'a', n: 1 }, { key: 'b', n: 2 }, { key: 'c', n: 3 });
      await world().arrived(3);
      await one.bus.close();
      await two.put({ key: 'a', n: 4 }, { key: 'b', n: 5 }, { key: 'c', n: 6 });
      await world().arrived(6);
      expect(world().log()).toHaveLength(6);
    },
  );

  it('of two services of one database disagree by two hours: the order of keys holds', async () => {
    const ahead = await world().start({ clock: shiftedClock(HOUR_MS) });
    const behind = await world().start({ clock: shiftedClock(-HOUR_MS) });
    for (let n = 0; n < 20; n++) await (n % 2 ? ahead : behind).put({ key: 'a', n });
    await world().arrived(20);
    expect(world().order('a')).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });
});
