import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The queue that one writes by hand: a table, and a transaction for every row that comes or goes. */
export function openQueue(directory: string): DatabaseSync {
  const database = new DatabaseSync(join(directory, 'queue.db'), { timeout: 0 });
  locking(() =>
    database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS queue (id INTEGER PRIMARY KEY, key TEXT NOT NULL, headers TEXT NOT NULL, value TEXT NOT NULL) STRICT;
  `),
  );
  return database;
}

/**
 * Does what takes the lock of the database, and tries again every millisecond while the other process has it. SQLite's own
 * waiting grows to 100 ms a try: it starves one side on a busy machine, and is no faster on a quiet one (measured).
 */
export function locking<Result>(work: () => Result): Result {
  for (;;) {
    try {
      return work();
    } catch (error) {
      if ((error as { errcode?: unknown }).errcode !== SQLITE_BUSY) throw error;
      Atomics.wait(never, 0, 0, 1);
    }
  }
}

const SQLITE_BUSY = 5;
const never = new Int32Array(new SharedArrayBuffer(4));
