import { systemClock, type Clock } from '@tramline/core';
import { nodeSqlite } from '@tramline/outbox/node-sqlite';
import { pg } from '@tramline/outbox/pg';
import type { OutboxOptions } from '@tramline/outbox';
import type { OutboxProvider } from '@tramline/core';
import { PostgresDatabase } from './postgres-database.ts';
import type { OutboxDatabase } from './outbox-database.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

/** A machine whose wall clock is so far off. */
export const shiftedClock = (ms: number): Clock => ({ ...systemClock, now: () => systemClock.now() + ms });

/**
 * An outbox in a database whose clock is so far off. Nobody can set the clock of a server that others use: the functions that
 * tell the time are hidden behind ones of the same names, so that every statement runs as it is.
 */
export async function shiftedProvider(
  database: OutboxDatabase,
  ms: number,
  options: OutboxOptions = {},
): Promise<OutboxProvider> {
  const outbox = { autoCreate: true, ...options };
  if (!(database instanceof PostgresDatabase)) {
    const { db } = database as SqliteDatabase;
    const unixepoch = (...given: unknown[]) => {
      if (given.length !== 1 || given[0] !== 'subsec')
        throw new Error('another clock than the one that is shifted');
      return (Date.now() + ms) / 1_000;
    };
    return nodeSqlite(db, {
      ...outbox,
      onConnect: (connection) => connection.function('unixepoch', { varargs: true }, unixepoch),
    });
  }
  await database.run('CREATE SCHEMA IF NOT EXISTS shifted');
  for (const name of ['clock_timestamp', 'now', 'statement_timestamp', 'transaction_timestamp'])
    await database.run(
      `CREATE OR REPLACE FUNCTION shifted.${name}() RETURNS timestamptz LANGUAGE sql AS
        $$ SELECT pg_catalog.${name}() + ${ms} * interval '1 millisecond' $$`,
    );
  const pool = database.anotherPool({ options: '-c search_path=shifted,public,pg_catalog' });
  return pg(pool, outbox);
}
