import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import { Pool } from 'pg';
import { describeLibraryStore } from '../spec/library-conformance.js';
import { KyselyClient } from './kysely-client.js';

describeLibraryStore<Transaction<object>>('Kysely', (connectionString) => {
  const db = new Kysely<object>({
    dialect: new PostgresDialect({ pool: new Pool({ connectionString, max: 20 }) }),
  });
  return {
    client: new KyselyClient(db, 'postgres'),
    none: db as Transaction<object>,
    end: (tx) => sql`COMMIT`.execute(tx),
    close: () => db.destroy(),
  };
});
