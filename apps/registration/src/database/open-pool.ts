import { Pool } from 'pg';

/**
 * Connections to PostgreSQL, opened when needed. One that breaks tells whoever uses it by the error of their statement, and
 * everybody by an event, which would end the process if nobody listened.
 */
export function openPool(url: string): Pool {
  const pool = new Pool({ connectionString: url });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
