import { DatabaseSync } from 'node:sqlite';

/** Takes the write lock of an SQLite file, as a process does that was stopped in a debugger. @returns what lets go of it */
export function holdFile(file: string): () => void {
  const db = new DatabaseSync(file, { timeout: 30_000 });
  db.exec('BEGIN IMMEDIATE');
  return () => db.close();
}
