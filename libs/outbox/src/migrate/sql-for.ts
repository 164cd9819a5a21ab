import { checkTables, quoted } from '../sql/identifier.js';
import type { TableOptions } from '../sql/tables.js';
import { migrationsFor, migrationsTable, within, type Dialect } from './migrations.js';

/** Where the tables are, and from where on the SQL is wanted. */
export interface SqlForOptions extends TableOptions {
  /** The version that the tables have already; steps up to it are left out. Default 0: none. */
  readonly after?: number;
  /**
   * The version up to which the SQL is wanted. To be given where it is asked for anew with each run, as in a migration that
   * calls this function: it must do the same with every later version of this package. Default: the newest.
   */
  readonly upTo?: number;
}

/**
 * What `migrate` would run, for those whose tables are made by other means: statements in order, which also note the
 * versions that `check` looks for. Run them in one transaction.
 * @throws ConfigurationError when schema or prefix are no names
 */
export async function sqlFor(dialect: Dialect, options: SqlForOptions = {}): Promise<readonly string[]> {
  const { after = 0, upTo = Infinity, ...tables } = options;
  checkTables(tables);
  const place = within(dialect, tables);
  const known = await migrationsFor(dialect, tables);
  const migrations = known.filter(({ version }) => version > after && version <= upTo);
  const begin =
    after > 0
      ? []
      : [
          ...(place.schema === undefined ? [] : [`CREATE SCHEMA IF NOT EXISTS "${place.schema}";`]),
          `${migrationsTable(dialect, tables)};`,
        ];
  return [
    ...begin,
    ...migrations.flatMap(({ sql, version }) => [
      sql,
      `INSERT INTO ${quoted('migrations', place)} (version) VALUES (${version});`,
    ]),
  ];
}
