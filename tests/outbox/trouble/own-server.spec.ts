import { setTimeout } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { PostgresServer } from '../../../scripts/postgres/server.ts';
import { describeWithPostgres } from '../../postgres/support/database.ts';
import { PostgresDatabase } from '../support/postgres-database.ts';
import { Counted, World } from '../support/world.ts';

describeWithPostgres('a PostgreSQL server of our own', () => {
  let server: PostgresServer;
  let world: World<PostgresDatabase>;
  let databases = 0;
  beforeAll(async () => {
    // Room for few locks: some hundreds.
    server = await PostgresServer.start({
      settings: { max_connections: '20', max_locks_per_transaction: '10' },
    });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    const name = `spec_${++databases}`;
    const administrator = await PostgresDatabase.create(server.url());
    await administrator.run(`CREATE DATABASE ${name}`);
    await administrator.close();
    world = new World(await PostgresDatabase.create(server.url(name)));
  });
  afterEach(() => world.close());

  it.each(['SIGINT', 'SIGKILL'] as const)(
    'that is stopped with %s and starts again: what was committed arrives, in order, and effects are had once',
    { timeout: 120_000 },
    async (signal) => {
      await world.database.run('CREATE TABLE counters (key text PRIMARY KEY, n integer NOT NULL)');
      await world.database.run('CREATE TABLE handled (event text NOT NULL)');
      const service = await world.handling(
        ({ key, n }, { tx }) => (tx as ClientBase).query('INSERT INTO handled VALUES ($1)', [`${key} ${n}`]),
        { handler: { retry: { inPlace: 10, delays: ['10s'] } } },
      );
      const { outbox } = service.bus;
      const count = (key: string) =>
        outbox.transaction(async (given) => {
          const { rows } = await (given as ClientBase).query<{ n: number }>(
            `INSERT INTO counters VALUES ($1, 1) ON CONFLICT (key) DO UPDATE SET n = counters.n + 1 RETURNING n`,
            [key],
          );
          await outbox.publish(given, Counted, { key, n: rows[0]!.n });
        });
      let refused = 0;
      let written = 0;
      let over = false;
      const writing = Array.from({ length: 4 }, async (_, writer) => {
        while (!over)
          await count(`key ${writer}`).then(
            () => written++,
            () => {
              refused++;
              // Nobody asks a server that is away in a loop without rest.
              return setTimeout(20);
            },
          );
      });
      await world.until('some are written', () => written > 100);
      await server.interrupt(signal);
      await world.until('writers and relay notice', () => {
        return refused > 4 && service.bus.health().relay!.status === 'away';
      });
      await server.resume();
      const before = written;
      await world.until('more are written', () => written > before + 100);
      over = true;
      await Promise.all(writing);
      await world.drained(service.bus);
      const counters = await world.database.run('SELECT key, n FROM counters');
      // A commit whose answer got lost with the server may count, too; what counts is what the tables say.
      const total = counters.reduce((sum, { n }) => sum + Number(n), 0);
      await world.arrived(total);
      for (const { key, n } of counters)
        expect(world.order(key as string)).toEqual(
          Array.from({ length: Number(n) }, (_, index) => index + 1),
        );
      await world.until('all are handled', async () => {
        const [row] = await world.database.run(
          'SELECT count(*)::int AS rows, count(DISTINCT event)::int AS events FROM handled',
        );
        expect(row!['rows']).toBe(row!['events']);
        return row!['events'] === total;
      });
      expect(service.bus.health().relay).toMatchObject({ status: 'relaying', error: null });
      expect(service.seen.filter(({ kind }) => kind === 'dead')).toEqual([]);
    },
  );

  it('that is not there yet when the service starts: it starts, and relays when it comes', async () => {
    await (await world.start({ outbox: { relay: false } })).bus.close();
    await server.interrupt();
    const { bus, lines, put } = await world.start();
    expect(lines).toContainEqual(expect.stringContaining('cannot be used yet'));
    await server.resume();
    await world.until('it relays', () => bus.health().relay!.status === 'relaying');
    await put({ key: 'a', n: 1 });
    await world.arrived(1);
  });

  it('that has no room for the locks of one transaction: told how to publish many keys, which works', async () => {
    const { bus } = await world.start();
    const keys = Array.from({ length: 2_000 }, (_, n) => ({ key: `key ${n}`, n }));
    const oneByOne = bus.outbox.transaction(async (tx) => {
      for (const event of keys) await bus.outbox.publish(tx, Counted, event);
    });
    await expect(oneByOne).rejects.toMatchObject({
      code: 'TRAMLINE_OUTBOX_LOCKS',
      message: expect.stringMatching(/publishAll.*max_locks_per_transaction/),
      cause: { code: '53200' },
    });
    expect((await bus.outbox.status()).backlog).toBe(0);
    await bus.outbox.transaction((tx) =>
      bus.outbox.publishAll(
        tx,
        keys.map((event) => [Counted, event] as const),
      ),
    );
    await world.arrived(2_000);
  });

  it('whose connections are all taken: publishing says so, the relay waits, and nothing is lost', async () => {
    const { bus, put } = await world.start();
    await put({ key: 'a', n: 1 });
    await world.arrived(1);
    const own = await world.database.begin();
    await bus.outbox.publish(own.tx, Counted, { key: 'a', n: 2 });
    // Whoever comes next is refused by the server: its pool has connected for nothing.
    const others = world.database.anotherPool({ max: 40 });
    const taken = await Promise.allSettled(Array.from({ length: 20 }, () => others.connect()));
    const failed = await Promise.allSettled(Array.from({ length: 8 }, (_, n) => put({ key: 'b', n })));
    const refusals = failed.filter((result) => result.status === 'rejected');
    expect(refusals.length).toBeGreaterThan(0);
    for (const { reason } of refusals) expect(reason).toMatchObject({ code: '53300' });
    for (const result of taken) if (result.status === 'fulfilled') result.value.release();
    await own.commit();
    await put({ key: 'a', n: 3 });
    await world.drained(bus);
    expect(world.order('a')).toEqual([1, 2, 3]);
    expect(world.order('b')).toHaveLength(8 - refusals.length);
  });
});
