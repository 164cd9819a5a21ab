import { connect } from 'node:net';
import { describe, inject } from 'vitest';
import { HOW_TO_GET_POSTGRES } from '../../../scripts/postgres/binaries.ts';

/**
 * A suite that needs PostgreSQL. Without one it is skipped, and says so; where CI is set, nothing may be skipped.
 * @throws Error in CI without a server
 */
export const describeWithPostgres = choose(inject('postgresPort') !== undefined);

function choose(possible: boolean): typeof describe | typeof describe.skip {
  if (possible) return describe;
  if (process.env['CI']) throw new Error(HOW_TO_GET_POSTGRES);
  console.warn(`Tests against a real PostgreSQL were not run. ${HOW_TO_GET_POSTGRES}`);
  return describe.skip;
}

/** URL of a new, empty database of a superuser, on the server that all specs share. @throws Error when it does not start */
export function freshDatabase(): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(inject('postgresPort')!, '127.0.0.1');
    socket.on('error', reject);
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('end', () => (answer.startsWith('!') ? reject(new Error(answer.slice(2))) : resolve(answer)));
  });
}
