import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';

/**
 * Opens (or makes) a database that keeps what it acknowledged even when the power fails.
 *
 * `node:sqlite` is imported here and not at the top, so that an old Node is told what it lacks.
 */
export async function openFile(file: string, schema: string): Promise<DatabaseSync> {
  const sqlite = await import('node:sqlite').catch((cause: unknown) => {
    throw new Error(`Node ${process.version} has no node:sqlite: use Node 22.16 or newer`, { cause });
  });
  mkdirSync(dirname(file), { recursive: true });
  const db = new sqlite.DatabaseSync(file, { timeout: 5_000 });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  db.exec(schema);
  return db;
}
