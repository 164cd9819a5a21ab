import { Client } from 'pg';
import { expect, it } from 'vitest';
import { PostgresServer } from '../../scripts/postgres/server.ts';
import { describeWithPostgres, freshDatabase } from './support/database.ts';

describeWithPostgres('PostgreSQL for tests', () => {
  it('gives every asker an empty database of its own', async () => {
    const [one, other] = await Promise.all([freshDatabase(), freshDatabase()]);
    expect(one).not.toBe(other);
    expect(await query(one, `SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public'`)).toBe(0);
  });

  it.skipIf(process.env['DATABASE_URL'])('listens on the loopback interface alone', async () => {
    expect(await query(await freshDatabase(), 'SHOW listen_addresses')).toBe('127.0.0.1');
  });

  it.skipIf(process.env['DATABASE_URL'])(
    'keeps what was committed through a kill, and goes when stopped',
    async () => {
      const server = await PostgresServer.start();
      try {
        await query(server.url(), 'CREATE TABLE kept AS SELECT 7 AS seven');
        await server.interrupt('SIGKILL');
        await expect(query(server.url(), 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
        await server.resume();
        expect(await query(server.url(), 'SELECT seven FROM kept')).toBe(7);
      } finally {
        await server.stop();
      }
      await expect(query(server.url(), 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
    },
  );
});

/** The first column of the first row. */
async function query(url: string, text: string): Promise<unknown> {
  const client = new Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}
