import { ConfigurationError } from '@tramline/core';
import { sql } from 'drizzle-orm';
import { drizzle as overPg } from 'drizzle-orm/node-postgres';
import { pgTable, text, type PgDatabase, type PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { drizzle as overPostgresJs } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { expect, it } from 'vitest';
import { migrate } from '../migrate/migrate.js';
import { postgresStore } from '../postgres/postgres-store.js';
import { entry } from '../spec/entries.js';
import { describeLibrary, type LibraryWorld } from '../spec/library-suite.js';
import { describeWithPostgres, freshDatabase, freshPool, heeded } from '../spec/postgres.js';
import { DrizzleClient } from './drizzle-client.js';
import { drizzle } from './drizzle.js';

const notes = pgTable('notes', { text: text().notNull() });

interface Opened<Driver extends PgQueryResultHKT> {
  readonly db: PgDatabase<Driver>;
  readonly end: () => Promise<unknown>;
}

async function world<Driver extends PgQueryResultHKT>(
  open: (max: number) => Promise<Opened<Driver>>,
): Promise<LibraryWorld<Parameters<Parameters<PgDatabase<Driver>['transaction']>[0]>[0]>> {
  const [{ db, end }, other] = [await open(4), await open(1)];
  await db.execute(sql`CREATE TABLE notes (text text)`);
  return {
    outbox: drizzle(db, { autoCreate: true }),
    transaction: (work) => db.transaction(work),
    nested: (tx, work) => tx.transaction(work),
    run: (tx, statement) => tx.execute(sql.raw(statement)),
    notes: async () => (await db.select().from(notes)).map((row) => row.text),
    none: [
      [db, /it is the Drizzle database itself.*Pass the tx/],
      [undefined, /no Drizzle transaction/],
      [{}, /no Drizzle transaction/],
    ],
    foreign: (work) => other.db.transaction(work),
    close: () => Promise.all([end(), other.end()]),
  };
}

describeLibrary({
  name: 'Drizzle over node-postgres',
  dialect: 'postgres',
  lacks: ['end'],
  open: () =>
    world(async (max) => {
      const pool = heeded(await freshPool({ max }));
      return { db: overPg(pool), end: () => pool.end() };
    }),
});

describeLibrary({
  name: 'Drizzle over postgres.js',
  dialect: 'postgres',
  // postgres.js 3.4.9 writes to a connection that broke in a transaction, outside of any promise: porsager/postgres#1208.
  lacks: ['end', 'break'],
  open: () =>
    world(async (max) => {
      const client = postgres(await freshDatabase(), { max, onnotice: () => undefined });
      return { db: overPostgresJs(client), end: () => client.end() };
    }),
});

describeWithPostgres('a transaction of Drizzle that has ended', () => {
  it('is refused by the database, which runs each statement by itself', async () => {
    const pool = await freshPool();
    const db = overPg(pool);
    const client = new DrizzleClient(db);
    await migrate(client);
    const ended = await db.transaction(async (tx) => tx);
    const insert = postgresStore(client).insert(ended, [entry('a')], { ordered: true, delayMs: null });
    await expect(insert).rejects.toMatchObject({ code: 'TRAMLINE_NO_TRANSACTION' });
    expect(await client.query('SELECT 1 FROM tramline_outbox', [])).toEqual([]);
    await pool.end();
  });
});

it('refuses what is no Drizzle database on PostgreSQL', () => {
  for (const none of [undefined, {}, notes]) expect(() => drizzle(none as never)).toThrow(ConfigurationError);
  expect(() => drizzle(overPg.mock(), { relay: 'no' } as never)).toThrow(/outbox\.relay/);
});
