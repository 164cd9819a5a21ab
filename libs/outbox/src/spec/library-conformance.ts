import { migrate, postgresStore, type SqlClient } from '@tramline/outbox';
import { describeOutboxStore } from '@tramline/testing/outbox';
import { afterAll, it } from 'vitest';
import { describeWithPostgres, freshDatabase } from './postgres.js';

/** A library connected to a PostgreSQL database, with at least ten connections. */
export interface ConnectedLibrary<Tx> {
  readonly client: SqlClient<Tx>;
  /** Something of the type of a transaction in which none was begun. */
  readonly none: Tx;
  /** Ends a transaction from within by means of the library, or by the statement COMMIT where it has none. */
  end(tx: Tx): PromiseLike<unknown>;
  close(): Promise<unknown>;
}

/** Every rule that the relay and the inbox rely on, with each statement run by this library. */
export function describeLibraryStore<Tx>(
  name: string,
  connect: (url: string) => ConnectedLibrary<Tx> | Promise<ConnectedLibrary<Tx>>,
): void {
  const connected: Promise<ConnectedLibrary<Tx>>[] = [];
  let cases = 0;

  /** Two databases for all cases: that of the outbox, where each case has a schema of its own, and a foreign one. */
  const library = (which: 'own' | 'foreign') =>
    (connected[which === 'own' ? 0 : 1] ??= freshDatabase().then(connect));

  afterAll(async () => {
    for (const one of connected) await (await one).close();
  });

  describeOutboxStore<Tx>(
    { describe: describeWithPostgres, it },
    {
      name: `PostgreSQL through ${name}`,
      lacks: ['away'],
      async create() {
        const own = await library('own');
        const { client, none } = own;
        const tables = { schema: `case_${++cases}` };
        await migrate(client, tables);
        return {
          async open() {
            const store = postgresStore(client, tables);
            await store.check();
            return store;
          },
          none: () => none,
          async foreign(work) {
            const undone = new Error('the foreign transaction is rolled back');
            const foreign = (await library('foreign')).client.transaction(async (tx) => {
              await work(tx);
              throw undone;
            });
            await foreign.catch((error: unknown) => {
              if (error !== undone) throw error;
            });
          },
          end: async (tx) => void (await own.end(tx)),
          async savepoints(tx, work) {
            await client.execute(tx, 'SAVEPOINT one', []);
            try {
              await work();
            } finally {
              await client.execute(tx, 'ROLLBACK TO SAVEPOINT one', []);
            }
          },
          async schema(state) {
            const other = { schema: `case_${cases}_${state}` };
            if (state !== 'missing') await migrate(client, other);
            const versions = `"${other.schema}".tramline_migrations`;
            if (state === 'older') await client.query(`DELETE FROM ${versions} WHERE version > 1`, []);
            if (state === 'newer') await client.query(`INSERT INTO ${versions} VALUES (1000)`, []);
            return postgresStore(client, other);
          },
        };
      },
    },
  );
}
