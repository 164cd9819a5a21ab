import { randomUUID } from 'node:crypto';
import pg from 'pg';

/**
 * Runs `work` with the URL of a new, empty database on this server, and drops it.
 * @param url - of a user that may create databases
 */
export async function withFreshDatabase<T>(url: string, work: (url: string) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  // Who ends the bench stops the server below it; otherwise the next query says what happened.
  client.on('error', () => undefined);
  await client.connect();
  const name = `bench_${randomUUID().replaceAll('-', '')}`;
  try {
    await client.query(`CREATE DATABASE ${name}`);
    // What an earlier measurement left for the disk must not be part of this one.
    await client.query('CHECKPOINT');
    const fresh = new URL(url);
    fresh.pathname = `/${name}`;
    return await work(fresh.href);
  } finally {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.end();
  }
}
