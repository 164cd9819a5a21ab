import { randomBytes } from 'node:crypto';
import type { ClientBase } from 'pg';
import { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { PgClient } from '../pg/pg-client.js';
import { entry } from '../spec/entries.js';
import { PostgresWorld } from '../spec/postgres-world.js';
import { describeWithPostgres } from '../spec/postgres.js';
import { postgresStore } from './postgres-store.js';

const AT_ONCE = { ordered: true, delayMs: null } as const;

/** A library that cannot tell whether a transaction is open. */
class BlindClient extends PgClient {
  override readonly seesTransactions = false;

  override transactionFault(): undefined {}
}

describeWithPostgres('what goes wrong on PostgreSQL', () => {
  let world: PostgresWorld;
  beforeAll(async () => void (world = await PostgresWorld.create()));
  afterEach(() => world.tidy());
  afterAll(() => world.close());

  const rows = () => world.value('SELECT count(*)::int FROM tramline_outbox');

  it('a transaction that an error has aborted: refused, and says why', async () => {
    const connection = await world.begin();
    await expect(connection.query('SELECT nothing')).rejects.toThrow('nothing');
    await expect(world.store.insert(connection, [entry('a')], AT_ONCE)).rejects.toMatchObject({
      code: 'TRAMLINE_NO_TRANSACTION',
      message: expect.stringMatching(/an earlier statement of the transaction failed/),
      cause: { code: '25P02' },
    });
  });

  it('an error behind a savepoint aborts nothing', async () => {
    const connection = await world.begin();
    await connection.query('SAVEPOINT one');
    await expect(connection.query('SELECT nothing')).rejects.toThrow('nothing');
    await connection.query('ROLLBACK TO SAVEPOINT one');
    await world.store.insert(connection, [entry('a')], AT_ONCE);
    await connection.query('COMMIT');
    expect(await rows()).toBe(1);
  });

  it('the pool instead of a client: refused, and says what to pass', async () => {
    await expect(world.store.insert(world.pool as never, [entry('a')], AT_ONCE)).rejects.toThrow(
      /Pass the client on which you ran BEGIN/,
    );
  });

  it.each([
    ['one row', [entry('a')], AT_ONCE],
    ['rows', [entry('a'), entry(null)], AT_ONCE],
    ['a row without order', [entry('a')], { ordered: false, delayMs: null }],
    ['a delayed row', [entry('a')], { ordered: true, delayMs: 5 }],
    ['delayed rows', [entry('a'), entry('b')], { ordered: true, delayMs: 5 }],
  ])(
    'a library that cannot tell: without a transaction %s is refused, within one it is written',
    async (_, entries, how) => {
      const store = postgresStore<ClientBase>(new BlindClient(world.pool));
      const autocommit = await world.pool.connect();
      await expect(store.insert(autocommit, entries, how)).rejects.toMatchObject({
        code: 'TRAMLINE_NO_TRANSACTION',
      });
      autocommit.release();
      const written =
        'SELECT (SELECT count(*) FROM tramline_outbox) + (SELECT count(*) FROM tramline_scheduled)';
      expect(await world.value(written)).toBe('0');
      await store.transaction((tx) => store.insert(tx, entries, how));
      expect(await world.value(written)).toBe(String(entries.length));
      // One in which the application has written before is known by the insert alone.
      await world.pool.query('CREATE TABLE IF NOT EXISTS notes (text text)');
      let statements = 0;
      class Counting extends BlindClient {
        override execute(...args: Parameters<PgClient['execute']>) {
          statements++;
          return super.execute(...args);
        }
      }
      const counting = postgresStore<ClientBase>(new Counting(world.pool));
      await store.transaction((tx) => counting.insert(tx, entries, how));
      statements = 0;
      await store.transaction(async (tx) => {
        await tx.query(`INSERT INTO notes VALUES ('mine')`);
        await counting.insert(tx, entries, how);
      });
      expect(statements).toBe(1);
      expect(await world.value(written)).toBe(String(3 * entries.length));
    },
  );

  it('a deadlock is a conflict', async () => {
    const [one, other] = [await world.begin(), await world.begin()];
    await world.store.insert(one, [entry('a')], AT_ONCE);
    await world.store.insert(other, [entry('b')], AT_ONCE);
    const both = await Promise.allSettled([
      world.store.insert(one, [entry('b')], AT_ONCE).catch(async (error: unknown) => {
        await one.query('ROLLBACK');
        throw error;
      }),
      world.store.insert(other, [entry('a')], AT_ONCE).catch(async (error: unknown) => {
        await other.query('ROLLBACK');
        throw error;
      }),
    ]);
    const failed = both.filter((result) => result.status === 'rejected');
    expect(failed).toHaveLength(1);
    expect(world.store.kindOf(failed[0]!.reason)).toBe('conflict');
  });

  it('a serialisation failure is a conflict', async () => {
    const slow = await world.begin();
    await slow.query('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE');
    await slow.query('SELECT count(*) FROM tramline_lease');
    await world.pool.query('UPDATE tramline_lease SET epoch = epoch + 1 WHERE bucket = 0');
    const refused = slow.query('UPDATE tramline_lease SET epoch = epoch + 1 WHERE bucket = 0');
    expect(world.store.kindOf(await refused.catch((error: unknown) => error))).toBe('conflict');
  });

  it('a key that is longer than an index takes can be held, and others of its length go on', async () => {
    const long = (key: Buffer) => entry(null, { record: { key, value: null, headers: [] } });
    const [held, free] = [randomBytes(100_000), randomBytes(100_000)];
    await world.write([long(held), long(held), long(free)]);
    const leases = await world.claimAll();
    const all = { buckets: leases.map(({ bucket }) => bucket), after: 0, limit: 10, maxBytes: 1e7 };
    const pending = await world.store.pending(all);
    await world.store.hold(leases, pending.slice(0, 1), 60_000, 'a \0 in it');
    expect((await world.store.pending(all)).map(({ rowId }) => rowId)).toEqual([pending[2]!.rowId]);
  });

  it('a pool that is exhausted is away, and so is a server that nobody reaches', async () => {
    const { connectionString } = world.pool.options;
    const small = new Pool({ connectionString, max: 1, connectionTimeoutMillis: 1_000 });
    const taken = await small.connect();
    const store = postgresStore(new PgClient(small));
    expect(store.kindOf(await store.horizon().catch((error: unknown) => error))).toBe('away');
    taken.release();
    await small.end();

    const nowhere = new Pool({ host: '127.0.0.1', port: 1, user: 'nobody', database: 'none' });
    const unreached = postgresStore(new PgClient(nowhere));
    expect(store.kindOf(await unreached.status().catch((error: unknown) => error))).toBe('away');
    await nowhere.end();
  });

  it('a connection that the server ends in the middle is away, rolled back, and does not end the process', async () => {
    const work = world.store.transaction(async (tx) => {
      await world.store.insert(tx, [entry('a')], AT_ONCE);
      const { rows: found } = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await world.pool.query('SELECT pg_terminate_backend($1)', [found[0]!.pid]);
      await world.store.insert(tx, [entry('a')], AT_ONCE);
    });
    expect(world.store.kindOf(await work.catch((error: unknown) => error))).toBe('away');
    expect(await rows()).toBe(0);
    await world.write([entry('a')]);
    expect(await rows()).toBe(1);
  });
});
