import { OutboxError } from '@tramline/core';
import type { DatabaseSync } from 'node:sqlite';
import { Connection } from './connection.js';

/** What connections of our own to the caller's file are opened with. */
export interface DatabaseFile {
  readonly path: string;
  /** The caller's PRAGMA: what a commit survives. */
  readonly synchronous: number;
  /** Given every connection that is opened, for functions, extensions and PRAGMAs that the caller's tables need. */
  readonly onConnect: (connection: DatabaseSync) => void;
}

/**
 * Opens a connection that never waits for a lock, because waiting would block the event loop: `patiently` tries again.
 *
 * In WAL mode, which it sets: in the others a reader makes writers wait, so that every look of the relay would hold up the
 * services. The mode is a property of the file and stays.
 */
export async function openConnection(
  { path, synchronous, onConnect }: DatabaseFile,
  patiently: <T>(work: () => T) => Promise<T>,
): Promise<Connection> {
  const { DatabaseSync } = await import('node:sqlite');
  const connection = new Connection(new DatabaseSync(path, { timeout: 0 }));
  try {
    await patiently(() => useWal(connection, path));
    connection.exec(`PRAGMA synchronous = ${synchronous}`);
    onConnect(connection.database);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function useWal(connection: Connection, path: string): void {
  // Read first: to set it takes a lock, also where it is set already.
  if (modeOf(connection, 'PRAGMA journal_mode') === 'wal') return;
  const mode = modeOf(connection, 'PRAGMA journal_mode = WAL');
  if (mode === 'wal') return;
  throw new OutboxError(
    'TRAMLINE_OUTBOX_RIGHTS',
    `${path} cannot be put into WAL mode (it stays in '${mode}'), and the outbox needs it, because otherwise its reading would ` +
      'hold up your writing. Is the file on a network file system, or may its directory not be written?',
  );
}

function modeOf(connection: Connection, pragma: string): string {
  return String(connection.all(pragma, [])[0]?.journal_mode);
}
