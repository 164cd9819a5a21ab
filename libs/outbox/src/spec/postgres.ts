import { connect } from 'node:net';
import { Pool, type PoolConfig } from 'pg';
import { describe, inject } from 'vitest';

const port = inject('postgresPort');

/** A suite that needs PostgreSQL. Without one it is skipped, and says so; where CI is set, nothing may be skipped. */
export const describeWithPostgres = port === undefined ? describeWithout() : describe;

function describeWithout(): typeof describe.skip {
  if (process.env['CI'])
    throw new Error('There is no PostgreSQL. See scripts/postgres/binaries.ts for ways to get one.');
  process.stderr.write('Tests against a real PostgreSQL were not run: there is none, and no DATABASE_URL.\n');
  return describe.skip;
}

/** URL of a new, empty database on the server that all specs share, as its superuser. */
export function freshDatabase(): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port ?? 0, '127.0.0.1');
    socket.on('error', reject);
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('end', () => (answer.startsWith('!') ? reject(new Error(answer.slice(2))) : resolve(answer)));
  });
}

/** A pool on a new database. The caller ends it. */
export async function freshPool(config: PoolConfig = {}): Promise<Pool> {
  return new Pool({ connectionString: await freshDatabase(), ...config });
}

/** As an application has to do it whose library does not: a connection that breaks must not end the process. */
export function heeded(pool: Pool): Pool {
  const known = (): void => undefined;
  return pool.on('error', known).on('connect', (client) => client.on('error', known));
}
