import { statSync } from 'node:fs';
import { join } from 'node:path';
import type * as Sqlite from 'node:sqlite';
import { FailureError } from '../wire/failure.js';
import type { Settings } from '../wire/messages.js';
import { AckedFile } from './acked-file.js';
import { Connection } from './connection.js';
import { prepareDirectory } from './file-system.js';
import { findTruncation } from './integrity.js';
import { thisMachine, type Machine } from './machine.js';
import { migrate } from './migrations/migrate.js';
import { asFailure, damaged, isBusy, isReadOnly } from './sqlite-error.js';
import { recordOpening } from './watchdog.js';

/** Reading through a connection may wait for another process that recovers or closes the log. */
const READ_TIMEOUT_MS = 5_000;

/** The open log: a connection that writes, one that reads beside it, and the file of acknowledged ends. */
export interface Store {
  readonly directory: string;
  readonly machine: Machine;
  /** Never waits for a lock: the writer decides how long and how. */
  readonly write: Connection;
  readonly read: Connection;
  readonly acked: AckedFile;
  /** The database is still the file that was opened. */
  isInPlace(): boolean;
  close(): void;
}

/**
 * Opens the log, making and migrating it as needed, after checks that cost little. `machine` is for tests.
 * @throws FailureError TRAMLINE_STORAGE, TRAMLINE_AWAY; or what SQLite throws
 */
export async function openStore(settings: Settings, machine = thisMachine()): Promise<Store> {
  const { DatabaseSync } = await import('node:sqlite');
  const { directory } = settings;
  prepareDirectory(directory, settings.allowNetworkFileSystem);
  const path = join(directory, 'tramline.db');
  refuseTruncated(DatabaseSync, path, directory);

  const closing: (() => void)[] = [];
  const close = () => {
    for (const release of closing.splice(0).reverse()) release();
  };
  try {
    const write = await openWriting(DatabaseSync, path, settings, machine);
    closing.push(() => write.close());
    const read = new Connection(new DatabaseSync(path));
    closing.push(() => read.close());
    read.exec(`PRAGMA busy_timeout = ${READ_TIMEOUT_MS}; PRAGMA query_only = ON`);
    const acked = new AckedFile(join(directory, 'tramline.acked'));
    closing.push(() => acked.close());
    refuseMissing(read, acked, directory);
    const inode = statSync(path).ino;
    const isInPlace = () => statSync(path, { throwIfNoEntry: false })?.ino === inode;
    return { directory, machine, write, read, acked, isInPlace, close };
  } catch (error) {
    close();
    throw error;
  }
}

async function openWriting(
  Database: typeof Sqlite.DatabaseSync,
  path: string,
  settings: Settings,
  machine: Machine,
): Promise<Connection> {
  const connection = new Connection(new Database(path));
  const patiently = insistent(settings.busyTimeoutMs);
  try {
    connection.exec('PRAGMA busy_timeout = 0');
    await patiently(() => connection.exec('PRAGMA journal_mode = WAL'));
    connection.exec('PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864');
    await patiently(() => migrate(connection, settings.directory));
    await patiently(() => connection.transaction(() => recordOpening(connection, machine)));
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Tries work again while another process holds a lock. SQLite's own waiting starves beside processes that write a lot. */
function insistent(forMs: number): (work: () => void) => Promise<void> {
  const deadline = performance.now() + forMs;
  return async (work) => {
    for (;;) {
      try {
        return work();
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
  };
}

function refuseTruncated(Database: typeof Sqlite.DatabaseSync, path: string, directory: string): void {
  if (!statSync(path, { throwIfNoEntry: false })?.size) return;
  const database = new Database(path, { readOnly: true });
  try {
    database.exec(`PRAGMA busy_timeout = ${READ_TIMEOUT_MS}`);
    const found = findTruncation(database, path);
    if (found) throw damaged(directory, found);
  } catch (error) {
    // A process that died while it made the file has left something to roll back, which only a writer can do.
    if (!isReadOnly(error)) throw asFailure(error, directory);
  } finally {
    database.close();
  }
}

function refuseMissing(read: Connection, acked: AckedFile, directory: string): void {
  const acknowledged = acked.read();
  if (acknowledged.size === 0) return;
  const last =
    read.get<{ seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'partitions'")?.seq ?? 0;
  const ends = new Map(
    read
      .all<{ id: number; next: number; name: string }>(
        `SELECT partitions.id, next_offset AS next, name || '/' || number AS name
           FROM partitions JOIN topics ON topics.id = topic_id`,
      )
      .map((row) => [row.id, row]),
  );
  const missing: string[] = [];
  for (const [partition, end] of acknowledged) {
    const row = ends.get(partition);
    if (row ? row.next < end : partition > last) {
      missing.push(
        row ? `${row.name} ends at ${row.next} instead of ${end}` : `partition ${partition} is missing`,
      );
    }
  }
  if (missing.length === 0) return;
  throw new FailureError(
    'TRAMLINE_STORAGE',
    `Acknowledged events are missing from the log in ${directory} (${missing.slice(0, 5).join('; ')}${missing.length > 5 ? '; …' : ''}). ` +
      'A file was truncated, replaced or deleted. Stop all its processes and put back tramline.db and tramline.db-wal, ' +
      'or delete tramline.acked to go on without those events.',
  );
}
