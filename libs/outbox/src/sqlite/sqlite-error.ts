import { asError, OutboxError } from '@tramline/core';
import type { DatabaseErrorKind } from '@tramline/core/outbox';

/** Primary result codes of SQLite, https://sqlite.org/rescode.html, by the names that some libraries give instead. */
const CODES: Readonly<Record<string, number>> = {
  BUSY: 5,
  LOCKED: 6,
  NOMEM: 7,
  READONLY: 8,
  IOERR: 10,
  FULL: 13,
  CANTOPEN: 14,
  PROTOCOL: 15,
};

const CONFLICT: ReadonlySet<number | undefined> = new Set([CODES.BUSY, CODES.LOCKED]);

/** They pass: somebody frees disk or memory, or puts the file back. */
const AWAY: ReadonlySet<number | undefined> = new Set([
  CODES.NOMEM,
  CODES.IOERR,
  CODES.FULL,
  CODES.CANTOPEN,
  CODES.PROTOCOL,
]);

/** What an error of any SQLite library means for who may try again. */
export function kindOf(error: unknown): DatabaseErrorKind {
  const code = sqliteCode(error);
  if (CONFLICT.has(code)) return 'conflict';
  return AWAY.has(code) ? 'away' : 'other';
}

export const isBusy = (error: unknown): boolean => kindOf(error) === 'conflict';

/** The file may not be written, or not even be opened as it has to be: WAL mode needs two more files beside it. */
export function isForbidden(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === CODES.READONLY || code === CODES.CANTOPEN;
}

/** A savepoint is gone, because the transaction is in which it was set. SQLite has no code of its own for it. */
export const isSavepointGone = (error: unknown): boolean => says(error, /no such savepoint/);

/** A table or column that the statements name does not exist. SQLite has no code of its own for it either. */
const isSchemaError = (error: unknown): boolean =>
  says(error, /no such (table|column|index)|has no column named/);

/** What to throw instead of a driver's error, so that it names the fix where we know it. */
export function explained(error: unknown): unknown {
  // What was explained already has the driver's error as its cause.
  if (error instanceof OutboxError || !isSchemaError(error)) return error;
  return new OutboxError(
    'TRAMLINE_OUTBOX_SCHEMA',
    `The outbox's tables are missing in this SQLite file, or older than this code (${asError(error).message}). ${MIGRATE}`,
    { cause: error },
  );
}

export const MIGRATE = `Make them with migrate(), with 'tramline outbox migrate' or with the SQL of sqlFor('sqlite'); or give autoCreate: true.`;

const says = (error: unknown, pattern: RegExp): boolean =>
  chain(error).some(({ message }) => pattern.test(String(message)));

function sqliteCode(error: unknown): number | undefined {
  for (const { errcode, code } of chain(error)) {
    if (typeof errcode === 'number') return errcode & 0xff; // node:sqlite
    const name = typeof code === 'string' ? /^SQLITE_([A-Z]+)/.exec(code)?.[1] : undefined; // better-sqlite3, libsql, sqlite3
    if (name !== undefined && name in CODES) return CODES[name];
  }
  return undefined;
}

interface Link {
  readonly errcode?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
}

/** An error and what it was made from: libraries wrap the driver's, TypeORM as `driverError`. */
function chain(error: unknown): readonly Link[] {
  const links: Link[] = [];
  let next = error;
  while (typeof next === 'object' && next !== null && links.length < 8) {
    links.push(next);
    const { driverError, cause } = next as { driverError?: unknown; cause?: unknown };
    next = driverError ?? cause;
  }
  return links;
}
