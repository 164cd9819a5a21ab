import type { ClientBase } from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PgBouncer } from '../../../scripts/postgres/pgbouncer.ts';
import { describeWithPostgres, freshDatabase } from '../../postgres/support/database.ts';
import { PostgresDatabase } from '../support/postgres-database.ts';
import { describeWithPgBouncer } from '../support/with-pgbouncer.ts';
import { Counted, World } from '../support/world.ts';

describeWithPostgres('PostgreSQL behind PgBouncer in transaction mode', () => {
  describeWithPgBouncer('which has two connections for everybody', () => {
    let bouncer: PgBouncer;
    let world: World<PostgresDatabase>;
    beforeEach(async () => {
      bouncer = await PgBouncer.start(await freshDatabase());
      world = new World(await PostgresDatabase.create(bouncer.url));
    });
    afterEach(async () => {
      await world.close();
      await bouncer.stop();
    });

    it(
      'makes the tables, publishes, relays, remembers, in order, with many writers',
      { timeout: 120_000 },
      async () => {
        await world.database.run('CREATE TABLE counters (key text PRIMARY KEY, n integer NOT NULL)');
        await world.database.run('CREATE TABLE handled (n integer NOT NULL)');
        const service = await world.handling(({ n }, { tx }) =>
          (tx as ClientBase).query('INSERT INTO handled VALUES ($1)', [n]),
        );
        const { outbox } = service.bus;
        // The number of an event is the place of its transaction among those of its key.
        const count = (key: string) =>
          outbox.transaction(async (given) => {
            const { rows } = await (given as ClientBase).query<{ n: number }>(
              `INSERT INTO counters VALUES ($1, 1) ON CONFLICT (key) DO UPDATE SET n = counters.n + 1 RETURNING n`,
              [key],
            );
            await outbox.publish(given, Counted, { key, n: rows[0]!.n });
          });
        await Promise.all(
          Array.from({ length: 10 }, async (_, writer) => {
            for (let turn = 0; turn < 20; turn++) await count(`key ${(writer + turn) % 5}`);
          }),
        );
        await world.arrived(200);
        for (const order of world.orders().values())
          expect(order).toEqual(Array.from({ length: 40 }, (__, n) => n + 1));
        await world.until('all are handled', async () => {
          const [row] = await world.database.run('SELECT count(*)::int AS n FROM handled');
          return row!['n'] === 200;
        });
      },
    );

    it('leaves no lock behind: neither after a commit nor after a rollback', async () => {
      const { bus, put } = await world.start();
      await put({ key: 'a', n: 1 });
      const own = await world.database.begin();
      await bus.outbox.publish(own.tx, Counted, { key: 'a', n: 2 });
      await own.rollback();
      await put({ key: 'a', n: 3 });
      await world.arrived(2);
      const locks = `SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND database =
        (SELECT oid FROM pg_database WHERE datname = current_database())`;
      expect(await world.database.run(locks)).toEqual([{ n: 0 }]);
    });

    it('publishing outside a transaction is refused, though each statement may run on another connection', async () => {
      const { bus } = await world.start({ outbox: { relay: false } });
      const client = await world.database.pool.connect();
      await expect(bus.outbox.publish(client, Counted, { key: 'a', n: 1 })).rejects.toMatchObject({
        code: 'TRAMLINE_NO_TRANSACTION',
      });
      client.release();
      expect((await bus.outbox.status()).backlog).toBe(0);
    });

    it('connections that the pooler lets go are made anew', { timeout: 120_000 }, async () => {
      const { put, bus } = await world.start();
      await put({ key: 'a', n: 1 });
      await world.arrived(1);
      await bouncer.interrupt();
      await world.until('it is away', () => bus.health().relay!.status === 'away');
      await expect(put({ key: 'a', n: 2 })).rejects.toThrow();
      await bouncer.resume();
      await world.until('it relays again', () => bus.health().relay!.status === 'relaying');
      await put({ key: 'a', n: 3 });
      await world.arrived(2);
      expect(world.order('a')).toEqual([1, 3]);
    });
  });
});
