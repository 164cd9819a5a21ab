import { sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import { describeLibraryStore } from '../spec/library-conformance.js';
import { DrizzleClient } from './drizzle-client.js';

type Transaction = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0];

describeLibraryStore<Transaction>('Drizzle', (connectionString) => {
  const pool = new Pool({ connectionString, max: 20 });
  const db = drizzle(pool);
  return {
    client: new DrizzleClient(db),
    none: db as unknown as Transaction,
    end: (tx) => tx.execute(sql`COMMIT`),
    close: () => pool.end(),
  };
});
