import { join } from 'node:path';
import type { Settings } from '../settings.js';
import type { Database } from './database.js';

/** The database that was chosen. Only that one is loaded: what the other needs may be missing. */
export async function openDatabase({ databaseUrl, data }: Settings): Promise<Database> {
  if (databaseUrl !== undefined) {
    const { PostgresDatabase } = await import('./postgres.js');
    return PostgresDatabase.open(databaseUrl);
  }
  const { SqliteDatabase } = await import('./sqlite.js');
  return SqliteDatabase.open(join(data, 'users.db'));
}
