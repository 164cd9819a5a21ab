import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PgClient } from '../pg/pg-client.js';
import { SCHEMA_VERSION } from '../postgres/check.js';
import { postgresStore } from '../postgres/postgres-store.js';
import { entry } from '../spec/entries.js';
import { describeWithPostgres, freshPool } from '../spec/postgres.js';
import type { TableOptions } from '../sql/tables.js';
import { migrate } from './migrate.js';
import { sqlFor } from './sql-for.js';

describeWithPostgres('migrations on PostgreSQL', () => {
  const pools: Pool[] = [];
  let pool: Pool;
  let client: PgClient;
  beforeAll(async () => {
    pool = await database();
    client = new PgClient(pool);
  });
  afterAll(() => Promise.all(pools.map((one) => one.end())));

  async function database(): Promise<Pool> {
    const made = await freshPool();
    pools.push(made);
    return made;
  }

  it('make the tables that the snapshot shows', async () => {
    expect(await migrate(client)).toMatchObject({
      version: SCHEMA_VERSION,
      applied: { length: SCHEMA_VERSION },
    });
    await expect(await describeSchema(pool, 'public')).toMatchFileSnapshot('../spec/postgres-schema.txt');
  });

  it('change nothing the second time, and wait for each other', async () => {
    const other = await database();
    const results = await Promise.all(Array.from({ length: 4 }, () => migrate(new PgClient(other))));
    expect(results.map(({ applied }) => applied.length).toSorted((a, b) => a - b)).toEqual([
      0,
      0,
      0,
      SCHEMA_VERSION,
    ]);
    expect(await migrate(client)).toEqual({ applied: [], version: SCHEMA_VERSION });
  });

  it.each<TableOptions>([{ schema: 'Events', prefix: 'my_' }, { prefix: '' }, { schema: 'plain' }])(
    'put the tables where they are to be: %o',
    async (tables) => {
      await migrate(client, tables);
      const store = postgresStore(client, tables);
      await store.check();
      await store.transaction((tx) => store.insert(tx, [entry('a')], { ordered: true, delayMs: null }));
      const all = Array.from({ length: 64 }, (_, bucket) => bucket);
      expect(await store.pending({ buckets: all, after: 0, limit: 9, maxBytes: 9_999 })).toHaveLength(1);
      expect((await postgresStore(client).status()).backlog).toBe(0);
    },
  );

  it('refuse tables that are newer than this code', async () => {
    const other = await database();
    await migrate(new PgClient(other));
    await other.query('INSERT INTO tramline_migrations VALUES (1000)');
    await expect(migrate(new PgClient(other))).rejects.toMatchObject({ code: 'TRAMLINE_OUTBOX_SCHEMA' });
  });

  it('leave nothing behind when one of them fails', async () => {
    const other = await database();
    await other.query('CREATE TABLE tramline_relay (mine int)');
    await expect(migrate(new PgClient(other))).rejects.toThrow(/tramline_relay/);
    const { rows } = await other.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
    expect(rows).toEqual([{ tablename: 'tramline_relay' }]);
  });

  it('are the same as SQL for other means, whole and from a version on', async () => {
    const other = await database();
    const tables = { schema: 'by_hand', prefix: 'x_' };
    const all = await sqlFor('postgres', tables);
    const rest = await sqlFor('postgres', { ...tables, after: 9 });
    expect(all.slice(-rest.length)).toEqual(rest);
    for (const statement of [...all.slice(0, all.length - rest.length), ...rest])
      await other.query(statement);
    await postgresStore(new PgClient(other), tables).check();
    await migrate(new PgClient(other), { ...tables, schema: 'by_program' });
    const [hand, program] = [
      await describeSchema(other, 'by_hand'),
      await describeSchema(other, 'by_program'),
    ];
    expect(hand).toBe(program.replaceAll('by_program', 'by_hand'));
  });
});

const FAULTY: TableOptions[] = [
  { schema: 'a"; DROP TABLE users; --' },
  { schema: '' },
  { prefix: '1st_' },
  { prefix: 'x'.repeat(41) },
  { prefix: 'a.b' },
];

it.each(FAULTY)('refuse what is no name: %o', async (tables) => {
  const client = {} as PgClient;
  await expect(migrate(client, tables)).rejects.toMatchObject({ code: 'TRAMLINE_CONFIGURATION' });
  await expect(sqlFor('postgres', tables)).rejects.toMatchObject({ code: 'TRAMLINE_CONFIGURATION' });
  expect(() => postgresStore(client, tables)).toThrow(/letters, digits and _/);
});

it.each(['postgres', 'sqlite'] as const)(
  '%s: numbered from 1 on, one statement a file, nothing that looks like a parameter',
  (dialect) => {
    const folder = join(import.meta.dirname, '../../migrations', dialect);
    const files = readdirSync(folder).sort();
    expect(files.map((file) => Number.parseInt(file))).toEqual(files.map((_, index) => index + 1));
    for (const file of files) {
      const text = readFileSync(join(folder, file), 'utf8')
        .replace(/\$\$.*?\$\$/s, '')
        .replace(/--.*/g, '');
      expect(text.match(/;/g), file).toHaveLength(1);
      expect(readFileSync(join(folder, file), 'utf8'), file).not.toMatch(/\?|\$\d|:\w/);
    }
  },
);

/** Tables, indexes, sequences and functions of a schema, as text. */
async function describeSchema(pool: Pool, schema: string): Promise<string> {
  const { rows } = await pool.query<{ line: string }>(
    `SELECT line FROM (
      SELECT 1 AS part, c.table_name AS name, c.ordinal_position AS place, format('%s.%s %s%s%s', c.table_name,
        c.column_name, c.data_type, CASE WHEN c.is_nullable = 'NO' THEN ' not null' END,
        coalesce(' default ' || c.column_default, CASE WHEN c.is_identity = 'YES' THEN ' identity' END)) AS line
      FROM information_schema.columns c WHERE c.table_schema = $1
      UNION ALL SELECT 2, indexname, 0, indexdef FROM pg_indexes WHERE schemaname = $1
      UNION ALL SELECT 3, sequencename, 0, format('sequence %s %s cache %s', sequencename, data_type, cache_size)
      FROM pg_sequences WHERE schemaname = $1
      UNION ALL SELECT 4, proname, 0, pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.pronamespace = $1::regnamespace
    ) all_of_it ORDER BY part, name COLLATE "C", place`,
    [schema],
  );
  return rows.map(({ line }) => `${line}\n`).join('');
}
