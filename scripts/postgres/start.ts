import { canFindBinaries } from './binaries.ts';
import { PostgresServer } from './server.ts';

/** A PostgreSQL that runs, whoever runs it. */
export interface RunningPostgres {
  /** Of a user that may create databases. */
  readonly url: string;
  stop(): Promise<void>;
}

/** What is there: the server of DATABASE_URL, else one of our own. @throws Error that says how to get one */
export async function startPostgres(): Promise<RunningPostgres> {
  const given = process.env['DATABASE_URL'];
  if (given) return { url: given, stop: async () => {} };
  const server = await PostgresServer.start();
  return { url: server.url(), stop: () => server.stop() };
}

/** Whether `startPostgres` would find a way. */
export function canStartPostgres(): boolean {
  return Boolean(process.env['DATABASE_URL']) || canFindBinaries();
}
