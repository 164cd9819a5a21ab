import { ConfigurationError, parseDuration, type Duration } from '@tramline/core';
import { isBuiltin } from 'node:module';
import type { DatabaseSync } from 'node:sqlite';
import { outboxFaults, type OutboxOptions } from '../backend/options.js';
import type { DatabaseFile } from './file.js';

/** What can be said of an outbox in a file of `node:sqlite`. */
export interface NodeSqliteOptions extends OutboxOptions {
  /**
   * How long a transaction waits for others that hold the write lock of the file, in this process or another, without blocking
   * the event loop, before it fails with `TRAMLINE_DATABASE_BUSY`. Default 10s.
   */
  readonly busyTimeout?: Duration;
  /**
   * Called with every connection that the outbox opens to your file, those of `transaction` and `once: true` among them: for
   * the functions, extensions and PRAGMAs that your tables need. `PRAGMA synchronous` is taken over by itself.
   */
  readonly onConnect?: (connection: DatabaseSync) => void;
}

export interface NodeSqliteSettings {
  readonly file: DatabaseFile;
  readonly busyTimeoutMs: number;
  /** What is the same for every database. */
  readonly common: OutboxOptions;
}

/** @throws ConfigurationError with every fault */
export function nodeSqliteSettings(db: DatabaseSync, options: NodeSqliteOptions): NodeSqliteSettings {
  const faults: string[] = [];
  const { busyTimeout = '10s', onConnect = () => undefined, ...common } = options;
  const busyTimeoutMs = parseDuration(busyTimeout);
  if (busyTimeoutMs === undefined || busyTimeoutMs <= 0)
    faults.push(`outbox.busyTimeout is ${JSON.stringify(busyTimeout)}. Give a duration such as '10s'.`);
  if (typeof onConnect !== 'function')
    faults.push('outbox.onConnect is no function; give one that takes a DatabaseSync, or leave it out.');
  const fault = databaseFault(db);
  if (fault !== undefined) faults.push(`nodeSqlite(): ${fault}`);
  faults.push(...outboxFaults(common));
  if (faults.length > 0) throw new ConfigurationError(faults);
  const file = { path: db.location()!, synchronous: synchronousOf(db), onConnect };
  return { file, busyTimeoutMs: busyTimeoutMs!, common };
}

const FULL = 2;

/** Where the file cannot even be read, the start says why, and what mends it. */
function synchronousOf(db: DatabaseSync): number {
  try {
    return Number(db.prepare('PRAGMA synchronous').get()!.synchronous);
  } catch {
    return FULL;
  }
}

function databaseFault(db: Partial<DatabaseSync> | undefined): string | undefined {
  // Both came with Node 22.16; before, nothing tells whether a transaction is open, and of which file.
  const { DatabaseSync: known } = isBuiltin('node:sqlite') ? process.getBuiltinModule('node:sqlite') : {};
  if (typeof known?.prototype.location !== 'function')
    return `Node ${process.versions.node} has no node:sqlite, or an early one. Use Node 22.16 or newer.`;
  if (typeof db?.location !== 'function')
    return "give the DatabaseSync of your service: nodeSqlite(new DatabaseSync('service.db')).";
  if (db.isOpen !== true) return 'the database is closed. Give an open one.';
  if (db.location() === null)
    return "the database is in memory (':memory:'), where the relay cannot reach it. Give one in a file, also in tests: in a directory of mkdtemp().";
  return undefined;
}
