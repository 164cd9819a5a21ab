import { readdir, readFile } from 'node:fs/promises';
import { DEFAULT_PREFIX, quoted } from '../sql/identifier.js';
import type { SqlClient } from '../sql/sql-client.js';
import type { TableOptions } from '../sql/tables.js';

export type Dialect = SqlClient<unknown>['dialect'];

/** One step of the tables' history: one statement. */
export interface Migration {
  readonly version: number;
  /** As in its file: `outbox_pending`. */
  readonly name: string;
  readonly sql: string;
}

/** Beside `src` and `dist` alike. */
const FOLDER = new URL('../../migrations/', import.meta.url);

/** Every migration of a database in its order, with the tables where `tables` says. */
export async function migrationsFor(dialect: Dialect, tables: TableOptions): Promise<readonly Migration[]> {
  const folder = new URL(`${dialect}/`, FOLDER);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  return Promise.all(
    files.map(async (file) => {
      const [, version, name] = /^(\d+)_(\w+)\.sql$/.exec(file)!;
      const text = await readFile(new URL(file, folder), 'utf8');
      return { version: Number(version), name: name!, sql: placed(text, dialect, tables) };
    }),
  );
}

/** The table that says which migrations were applied. */
export function migrationsTable(dialect: Dialect, tables: TableOptions): string {
  const type =
    dialect === 'postgres'
      ? 'timestamptz NOT NULL DEFAULT now()'
      : "INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER))";
  return `CREATE TABLE IF NOT EXISTS ${quoted('migrations', within(dialect, tables))} (
  version    integer PRIMARY KEY,
  applied_at ${type}
)`;
}

/** SQLite has one file and no schema. */
export function within(dialect: Dialect, { schema, prefix }: TableOptions): TableOptions {
  return {
    ...(dialect === 'postgres' && schema !== undefined ? { schema } : {}),
    ...(prefix === undefined ? {} : { prefix }),
  };
}

/** The files use the default names, so that they can be run as they are. An index lies where its table does: no schema. */
function placed(text: string, dialect: Dialect, tables: TableOptions): string {
  const place = within(dialect, tables);
  const indexPlace = place.prefix === undefined ? {} : { prefix: place.prefix };
  return text
    .replace(
      new RegExp(`(INDEX )?\\b${DEFAULT_PREFIX}(\\w+)`, 'g'),
      (_, index: string | undefined, name: string) =>
        index === undefined ? quoted(name, place) : index + quoted(name, indexPlace),
    )
    .trim();
}
