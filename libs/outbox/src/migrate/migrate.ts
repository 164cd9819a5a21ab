import { OutboxError } from '@tramline/core';
import { checkTables, quoted } from '../sql/identifier.js';
import type { SqlClient } from '../sql/sql-client.js';
import type { TableOptions } from '../sql/tables.js';
import { migrationsFor, migrationsTable, within, type Migration } from './migrations.js';
import { refused } from './refused.js';

/** What a call of {@link migrate} did. */
export interface Migrated {
  /** Names of the steps that were applied now, in order; none: the tables were up to date. */
  readonly applied: readonly string[];
  /** The version that the tables have. */
  readonly version: number;
}

/**
 * Makes the tables of outbox and inbox, or brings them up to date, in one transaction. Several processes may call it at once.
 * The database user must be allowed to create tables; see `grantsFor` for those who then use them.
 * @throws ConfigurationError when schema or prefix are no names; OutboxError `TRAMLINE_OUTBOX_SCHEMA` when the tables are
 *   newer than this code, `TRAMLINE_OUTBOX_RIGHTS` when this user may not make them
 */
export async function migrate<Tx>(client: SqlClient<Tx>, tables: TableOptions = {}): Promise<Migrated> {
  checkTables(tables);
  const { dialect } = client;
  const migrations = await migrationsFor(dialect, tables);
  try {
    return await apply(client, migrations, tables);
  } catch (error) {
    throw refused(error, dialect);
  }
}

function apply<Tx>(
  client: SqlClient<Tx>,
  migrations: readonly Migration[],
  tables: TableOptions,
): Promise<Migrated> {
  const { dialect } = client;
  return client.transaction(async (tx) => {
    if (dialect === 'postgres') await prepare(client, tx, tables);
    await client.execute(tx, migrationsTable(dialect, tables), []);
    const table = quoted('migrations', within(dialect, tables));
    const rows = await client.execute(tx, `SELECT version FROM ${table} ORDER BY version`, []);
    const done = new Set(rows.map(({ version }) => Number(version)));
    refuseNewer(done, migrations);
    const missing = migrations.filter(({ version }) => !done.has(version));
    for (const { sql, version } of missing) {
      await client.execute(tx, sql, []);
      await client.execute(tx, `INSERT INTO ${table} (version) VALUES (${version})`, []);
    }
    return { applied: missing.map(({ name }) => name), version: migrations.length };
  });
}

async function prepare<Tx>(client: SqlClient<Tx>, tx: Tx, { schema }: TableOptions): Promise<void> {
  // CREATE … IF NOT EXISTS alone fails when two do it at the same time.
  await client.execute(tx, `SELECT pg_advisory_xact_lock(hashtext('tramline migrate'), 0)::text`, []);
  if (schema === undefined) return;
  // Looked up first: IF NOT EXISTS needs the right to create schemas even where there is nothing to create.
  const found = await client.execute(tx, `SELECT 1 AS found FROM pg_namespace WHERE nspname = $1::text`, [
    schema,
  ]);
  if (found.length === 0) await client.execute(tx, `CREATE SCHEMA IF NOT EXISTS "${schema}"`, []);
}

function refuseNewer(done: ReadonlySet<number>, migrations: readonly Migration[]): void {
  const newest = Math.max(0, ...done);
  if (newest <= migrations.length) return;
  throw new OutboxError(
    'TRAMLINE_OUTBOX_SCHEMA',
    `The outbox's tables have version ${newest}, and this code knows ${migrations.length}. ` +
      `A newer @tramline/outbox made them: update it here too.`,
  );
}
