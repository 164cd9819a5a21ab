import { randomUUID } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { canStartPostgres, startPostgres, type RunningPostgres } from '../../../scripts/postgres/start.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Port of whoever makes databases on the server that all specs share; undefined where there can be none. */
    postgresPort: number | undefined;
  }
}

/**
 * For vitest's `globalSetup`: one PostgreSQL for all spec files of a run, started when the first of them asks. Each question
 * is answered with the URL of a new, empty database.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  project.provide('postgresPort', undefined);
  if (!canStartPostgres()) return async () => {};
  let starting: Promise<RunningPostgres> | undefined;
  const made: string[] = [];
  const answering = createServer((socket) => {
    socket.on('error', () => {});
    starting ??= startPostgres();
    starting
      .then(async ({ url }) => {
        const name = `tramline_test_${randomUUID().replaceAll('-', '')}`;
        await administer(url, `CREATE DATABASE ${name}`);
        made.push(name);
        const database = new URL(url);
        database.pathname = `/${name}`;
        return database.href;
      })
      .then(
        (url) => socket.end(url),
        (error: Error) => socket.end(`! ${error.message}`),
      );
  });
  await new Promise<void>((resolve) => answering.listen(0, '127.0.0.1', resolve));
  answering.unref();
  project.provide('postgresPort', (answering.address() as AddressInfo).port);
  return async () => {
    answering.close();
    const running = await starting?.catch(() => undefined);
    // A server of our own takes its databases with it.
    if (process.env['DATABASE_URL'] && running)
      for (const name of made) await administer(running.url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await running?.stop();
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
