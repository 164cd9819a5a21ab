import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { PostgresServer } from '../../postgres/server.ts';
import type { DatabasePlace } from '../places.ts';
import { holdFile } from './held-file.ts';

const NAMES = ['users', 'ledger'] as const;

/** The two databases of a soak, and what can be done to them. */
export interface Databases {
  readonly users: DatabasePlace;
  readonly ledger: DatabasePlace;
  /** Takes both away for some seconds. @param rough - without a word to anybody */
  restart(rough: boolean): Promise<void>;
  close(): Promise<void>;
}

/** So long nothing can be written: longer than the outbox waits for a busy file. */
const HELD_MS = 12_000;
const DOWN_MS = 3_000;

/** Two files. They have no server that could restart: somebody holds their locks instead. */
export function sqliteDatabases(directory: string): Databases {
  const [users, ledger] = NAMES.map((name) => join(directory, `${name}.db`)) as [string, string];
  return {
    users: { kind: 'sqlite', file: users },
    ledger: { kind: 'sqlite', file: ledger },
    async restart() {
      const held = [users, ledger].map(holdFile);
      await pause(HELD_MS);
      for (const letGo of held) letGo();
    },
    close: () => Promise.resolve(),
  };
}

/** Two databases of one server of our own. */
export async function postgresDatabases(): Promise<Databases> {
  const server = await PostgresServer.start();
  try {
    const client = new Client(server.url());
    await client.connect();
    for (const name of NAMES) await client.query(`CREATE DATABASE ${name}`);
    await client.end();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    users: { kind: 'postgres', url: server.url('users') },
    ledger: { kind: 'postgres', url: server.url('ledger') },
    async restart(rough) {
      await server.interrupt(rough ? 'SIGKILL' : 'SIGINT');
      await pause(DOWN_MS);
      await server.resume();
    },
    close: () => server.stop(),
  };
}
