import { ConfigurationError } from '@tramline/core';
import { CamelCasePlugin, Kysely, PostgresDialect, sql, SqliteDialect, type Transaction } from 'kysely';
import { expect, it } from 'vitest';
import { describeLibrary, type LibraryWorld } from '../spec/library-suite.js';
import { migrate } from '../migrate/migrate.js';
import { postgresStore } from '../postgres/postgres-store.js';
import { entry } from '../spec/entries.js';
import { describeWithPostgres, freshPool, heeded } from '../spec/postgres.js';
import { KyselyClient } from './kysely-client.js';
import { SqliteFiles } from '../spec/sqlite-files.js';
import { kyselyDatabase } from '../spec/kysely-database.js';
import { kysely, type KyselyOptions } from './kysely.js';

interface Tables {
  notes: { text: string };
}
type Tx = Transaction<Tables>;

/** With a plugin that would rename the columns of our statements, too. */
const plugins = [new CamelCasePlugin()];

async function world(
  dialect: KyselyOptions['dialect'],
  db: Kysely<Tables>,
  other: Kysely<Tables>,
  close: () => Promise<unknown> = async () => undefined,
): Promise<LibraryWorld<Tx>> {
  await db.schema.createTable('notes').addColumn('text', 'text').execute();
  const ended = await db.startTransaction().execute();
  await ended.rollback().execute();
  return {
    outbox: kysely(db, { dialect, autoCreate: true }),
    transaction: (work) => db.transaction().execute(work),
    async nested(tx, work) {
      await sql`SAVEPOINT one`.execute(tx);
      try {
        await work(tx);
        await sql`RELEASE SAVEPOINT one`.execute(tx);
      } catch (error) {
        await sql`ROLLBACK TO SAVEPOINT one`.execute(tx);
        throw error;
      }
    },
    run: (tx, text) => sql.raw(text).execute(tx),
    notes: async () => (await db.selectFrom('notes').select('text').execute()).map(({ text }) => text),
    none: [
      [db, /it is the Kysely instance itself.*Pass the trx/],
      [ended, /this Kysely transaction has ended/],
      [undefined, /no Kysely transaction/],
      [{}, /no Kysely transaction/],
    ],
    foreign: (work) => other.transaction().execute(work),
    async close() {
      await Promise.all([db.destroy(), other.destroy()]);
      await close();
    },
  };
}

const onPostgres = async (max: number) =>
  new Kysely<Tables>({ dialect: new PostgresDialect({ pool: heeded(await freshPool({ max })) }), plugins });

describeLibrary({
  name: 'Kysely',
  dialect: 'postgres',
  open: async () => world('postgres', await onPostgres(4), await onPostgres(1)),
});

describeLibrary({
  name: 'Kysely',
  dialect: 'sqlite',
  async open() {
    const files = new SqliteFiles();
    const [db, other] = ['service.db', 'other.db'].map(
      (name) =>
        new Kysely<Tables>({
          dialect: new SqliteDialect({ database: kyselyDatabase(files.connect(name)) }),
          plugins,
        }),
    );
    return world('sqlite', db!, other!, () => files.dispose());
  },
});

describeWithPostgres('a transaction of Kysely that is controlled by hand', () => {
  it('is written in, with its savepoints, until it is ended', async () => {
    const db = await onPostgres(2);
    const client = new KyselyClient(db, 'postgres');
    await migrate(client);
    const store = postgresStore<Tx>(client);
    const write = (trx: Tx, key: string) => store.insert(trx, [entry(key)], { ordered: true, delayMs: null });
    const trx = await db.startTransaction().execute();
    await write(trx, 'kept');
    const behind = await trx.savepoint('one').execute();
    await write(behind, 'undone');
    await behind.rollbackToSavepoint('one').execute();
    await write(trx, 'kept');
    await trx.commit().execute();
    await expect(write(trx, 'late')).rejects.toMatchObject({ code: 'TRAMLINE_NO_TRANSACTION' });
    const rows = await client.query('SELECT key FROM tramline_outbox', []);
    expect(rows.map(({ key }) => String(key))).toEqual(['kept', 'kept']);
    await db.destroy();
  });
});

it('is told which database it is, and refuses others', () => {
  for (const dialect of [undefined, 'mysql'])
    expect(() => kysely({} as Kysely<Tables>, { dialect } as never)).toThrow(ConfigurationError);
  expect(() => kysely({} as Kysely<Tables>, undefined as never)).toThrow(/dialect: 'postgres'/);
  expect(() => kysely({} as Kysely<Tables>, { dialect: 'sqlite', relay: 'no' } as never)).toThrow(
    /outbox\.relay/,
  );
});
