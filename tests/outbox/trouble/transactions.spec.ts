import { pg } from '@tramline/outbox/pg';
import { expect, it } from 'vitest';
import { until } from '../../sample/support/until.ts';
import { describeOnBoth } from '../support/both.ts';
import { PostgresDatabase } from '../support/postgres-database.ts';
import { Counted } from '../support/world.ts';

const EVENT = { key: 'a', n: 1 };

describeOnBoth('a transaction that is none', (world) => {
  const rows = async () =>
    Number((await world().database.run('SELECT count(*) AS rows FROM tramline_outbox'))[0]!['rows']);

  it.each(['commit', 'rollback'] as const)(
    'ended by %s: refused, nothing is written, and others go on',
    async (end) => {
      const { bus, put } = await world().start();
      const own = await world().database.begin();
      await own[end]();
      await expect(bus.outbox.publish(own.tx, Counted, EVENT)).rejects.toMatchObject({
        code: 'TRAMLINE_NO_TRANSACTION',
      });
      expect(await rows()).toBe(0);
      await put({ key: 'a', n: 2 });
      await world().arrived(1);
      expect(world().order('a')).toEqual([2]);
    },
  );

  it('of another database: refused, and says so', async () => {
    const { bus } = await world().start({ outbox: { relay: false } });
    // Where the library cannot see it, the tables that are missing there tell; the outbox must have seen its own before.
    await bus.outbox.status();
    await world().database.foreign(async (tx) => {
      await expect(bus.outbox.publish(tx, Counted, EVENT)).rejects.toMatchObject({
        code: 'TRAMLINE_NO_TRANSACTION',
        message: expect.stringMatching(/of another database|belongs to/),
      });
    });
    expect(await rows()).toBe(0);
  });

  it.each([undefined, null, 'tx', {}, 7])('%j: refused, and says what to give', async (tx) => {
    const { bus } = await world().start({ outbox: { relay: false } });
    await expect(bus.outbox.publish(tx, Counted, EVENT)).rejects.toMatchObject({
      code: 'TRAMLINE_NO_TRANSACTION',
    });
  });

  it('in which a statement failed: nothing of it is ever published that was not committed', async () => {
    const { bus, put } = await world().start();
    const own = await world().database.begin();
    await own.fail();
    const published = await bus.outbox.publish(own.tx, Counted, EVENT).then(
      () => true,
      (error: { code?: unknown }) => error.code,
    );
    await own.commit();
    await put({ key: 'b', n: 2 });
    await world().drained(bus);
    if (world().database.name === 'SQLite') {
      // An error of one statement ends nothing there, and the commit was one.
      expect(published).toBe(true);
      expect(world().log()).toHaveLength(2);
    } else {
      expect(published).toBe('TRAMLINE_NO_TRANSACTION');
      expect(world().log()).toEqual([{ key: 'b', n: 2 }]);
    }
  });
});

describeOnBoth('a transaction that takes longer than the lease of the relay', (world) => {
  it('commits when its relay is gone, and another one brings its events in order', async () => {
    const lease = { relay: { lease: '3s' } } as const;
    const { database } = world();
    // A pool that its service uses up: its relay reaches the database no more. In a file, the transaction itself sees to that.
    const pool = database instanceof PostgresDatabase ? database.anotherPool({ max: 1 }) : undefined;
    const first = await world().start({
      outbox: lease,
      ...(pool && { provider: pg(pool, { autoCreate: true, ...lease }) }),
    });
    await first.put({ key: 'a', n: 0 });
    await world().arrived(1);
    const own = await database.begin();
    for (const n of [1, 2]) await first.bus.outbox.publish(own.tx, Counted, { key: 'a', n });
    const taken = await pool?.connect();
    const second = await world().start({ outbox: lease });
    const { owner } = first.bus.health().relay!;
    await until('the lease has ended', async () => {
      const { relays } = await second.bus.outbox.status();
      return !relays.some((relay) => relay.owner === owner);
    });
    expect(world().order('a')).toEqual([0]);
    await own.commit();
    await second.put({ key: 'a', n: 3 });
    await world().arrived(4);
    taken?.release();
    expect(world().order('a')).toEqual([0, 1, 2, 3]);
  });
});
