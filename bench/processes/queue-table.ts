import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The queue that one writes by hand: a table, and a transaction for every row that comes or goes. */
export function openQueue(directory: string): DatabaseSync {
  const database = new DatabaseSync(join(directory, 'queue.db'), { timeout: 10_000 });
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS queue (id INTEGER PRIMARY KEY, key TEXT NOT NULL, headers TEXT NOT NULL, value TEXT NOT NULL) STRICT;
  `);
  return database;
}
