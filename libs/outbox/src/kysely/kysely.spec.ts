import { ConfigurationError } from '@tramline/core';
import { CamelCasePlugin, Kysely, PostgresDialect, sql, SqliteDialect, type Transaction } from 'kysely';
import { expect, it } from 'vitest';
import { describeLibrary, type LibraryWorld } from '../spec/library-suite.js';
import { freshPool, heeded } from '../spec/postgres.js';
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

it('is told which database it is, and refuses others', () => {
  for (const dialect of [undefined, 'mysql'])
    expect(() => kysely({} as Kysely<Tables>, { dialect } as never)).toThrow(ConfigurationError);
  expect(() => kysely({} as Kysely<Tables>, undefined as never)).toThrow(/dialect: 'postgres'/);
  expect(() => kysely({} as Kysely<Tables>, { dialect: 'sqlite', relay: 'no' } as never)).toThrow(
    /outbox\.relay/,
  );
});
