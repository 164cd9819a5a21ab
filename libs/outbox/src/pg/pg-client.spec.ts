import type { Pool, PoolClient } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithPostgres, freshPool } from '../spec/postgres.js';
import { PgClient } from './pg-client.js';

describeWithPostgres('the client for pg', () => {
  let pool: Pool;
  let client: PgClient;
  beforeAll(async () => {
    pool = await freshPool({ max: 3 });
    client = new PgClient(pool);
    await pool.query('CREATE TABLE seen (n int)');
  });
  afterAll(() => pool.end());

  const seen = async () =>
    (await pool.query<{ n: number }>('SELECT n FROM seen ORDER BY n')).rows.map(({ n }) => n);

  it('tells whether a transaction is open: before, in it, aborted, after', async () => {
    const connection = await pool.connect();
    expect(client.seesTransactions).toBe(true);
    expect(client.transactionFault(connection)).toMatch(/no transaction is open/);
    await connection.query('BEGIN');
    expect(client.transactionFault(connection)).toBeUndefined();
    await expect(connection.query('SELECT nothing')).rejects.toThrow('nothing');
    // The server refuses it, and says why.
    expect(client.transactionFault(connection)).toBeUndefined();
    await connection.query('ROLLBACK');
    expect(client.transactionFault(connection)).toMatch(/no transaction is open/);
    connection.release();
    for (const none of [pool, undefined, null, {}, 'BEGIN'])
      expect(client.transactionFault(none)).toMatch(/it is no client of pg/);
  });

  it('rejects where an error was swallowed, because the server has rolled back', async () => {
    const work = client.transaction(async (tx) => {
      await tx.query('INSERT INTO seen VALUES (1)');
      await tx.query('SELECT nothing').catch(() => undefined);
    });
    await expect(work).rejects.toMatchObject({ code: 'TRAMLINE_TRANSACTION_ENDED' });
    expect(await seen()).toEqual([]);
  });

  it('gives connections back, with no listener left, however the work ended', async () => {
    let used!: PoolClient;
    const run = (fails: boolean) =>
      client.transaction(async (tx) => {
        used = tx as PoolClient;
        if (fails) throw new Error('mine');
      });
    await run(false);
    const listeners = used.listenerCount('error');
    for (let turn = 0; turn < 5; turn++) await expect(run(true)).rejects.toThrow('mine');
    expect(used.listenerCount('error')).toBe(listeners);
    expect(pool.totalCount).toBe(pool.idleCount);
  });

  it('leaves the pool open, and listens to it once', async () => {
    await new PgClient(pool).close();
    expect(pool.listenerCount('error')).toBe(1);
    await client.query('INSERT INTO seen VALUES ($1)', [2]);
    expect(await seen()).toEqual([2]);
  });
});
