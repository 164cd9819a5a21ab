import { describeOutboxStore } from '@tramline/testing/outbox';
import { Pool, type ClientBase } from 'pg';
import { afterAll, it } from 'vitest';
import { migrate } from '../migrate/migrate.js';
import { PgClient } from '../pg/pg-client.js';
import { describeWithPostgres, freshPool } from '../spec/postgres.js';
import { postgresStore } from './postgres-store.js';

const pools: Pool[] = [];
let cases = 0;

/** Two databases for all cases: that of the outbox, where each case has a schema of its own, and a foreign one. */
async function pool(which: 'own' | 'foreign'): Promise<Pool> {
  const index = which === 'own' ? 0 : 1;
  return (pools[index] ??= await freshPool({ max: 20 }));
}

afterAll(() => Promise.all(pools.map((one) => one.end())));

describeOutboxStore<ClientBase>(
  { describe: describeWithPostgres, it },
  {
    name: 'PostgreSQL through pg',
    // Its own spec stops servers; this one shares its server with others.
    lacks: ['away'],
    keys: 9_000,
    async create() {
      const own = await pool('own');
      const tables = { schema: `case_${++cases}` };
      await migrate(new PgClient(own), tables);
      const idle = await own.connect();
      return {
        async open() {
          const store = postgresStore(new PgClient(own), tables);
          await store.check();
          return store;
        },
        none: () => idle,
        async foreign(work) {
          const client = await (await pool('foreign')).connect();
          try {
            await client.query('BEGIN');
            await work(client);
          } finally {
            await client.query('ROLLBACK');
            client.release();
          }
        },
        end: async (tx) => void (await tx.query('COMMIT')),
        async savepoints(tx, work) {
          await tx.query('SAVEPOINT one');
          try {
            await work();
          } finally {
            await tx.query('ROLLBACK TO SAVEPOINT one');
          }
        },
        async schema(state) {
          const other = { schema: `case_${cases}_${state}` };
          const client = new PgClient(own);
          if (state !== 'missing') await migrate(client, other);
          const versions = `"${other.schema}".tramline_migrations`;
          if (state === 'older') await own.query(`DELETE FROM ${versions} WHERE version > 1`);
          if (state === 'newer') await own.query(`INSERT INTO ${versions} VALUES (1000)`);
          return postgresStore(client, other);
        },
        dispose: async () => idle.release(),
      };
    },
  },
);
