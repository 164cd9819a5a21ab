import { statfsSync } from 'node:fs';
import { FailureError } from '../wire/failure.js';

/** Primary result codes of SQLite, https://sqlite.org/rescode.html */
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** The primary result code when SQLite threw this, undefined for anything else. */
function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  return error.errcode & 0xff;
}

export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === BUSY || code === LOCKED;
}

export function isReadOnly(error: unknown): boolean {
  return sqliteCode(error) === READONLY;
}

/** After these the connection is of no use; opening the log again finds out what is wrong with it. */
export function isBroken(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === CORRUPT || code === NOTADB || code === IOERR || code === READONLY || code === CANTOPEN;
}

/** Whether SQLite itself took back what the transaction had done. IOERR at COMMIT may leave a readable commit in the file. */
export function isSurelyUndone(error: unknown): boolean {
  return sqliteCode(error) !== IOERR || isFull(error);
}

/** A full disk also shows as an I/O error where SQLite extends its shared memory. */
function isFull(error: unknown, directory?: string): boolean {
  const code = sqliteCode(error);
  if (code === FULL || (error as NodeJS.ErrnoException).code === 'ENOSPC') return true;
  if ((code !== IOERR && code !== CANTOPEN) || directory === undefined) return false;
  try {
    const { bavail, ffree } = statfsSync(directory);
    return bavail === 0 || ffree === 0;
  } catch {
    return false;
  }
}

/** Anything thrown while the log was used, as the failure that the caller is told. */
export function asFailure(error: unknown, directory: string): FailureError {
  if (error instanceof FailureError) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EROFS') {
    return new FailureError('TRAMLINE_STORAGE', readOnlyMessage(directory), { cause: error });
  }
  if (isFull(error, directory)) {
    return new FailureError(
      'TRAMLINE_STORAGE',
      `The disk of ${directory} is full; nothing was written. Free some space: the log goes on without a restart.`,
      { full: true, cause: error },
    );
  }
  switch (sqliteCode(error)) {
    case BUSY:
    case LOCKED:
      return new FailureError(
        'TRAMLINE_AWAY',
        `Another process holds the log in ${directory}. Is one of them stopped in a debugger, or writing without a pause?`,
        { cause: error },
      );
    case CORRUPT:
      return damaged(directory, 'tramline.db was truncated or overwritten', error);
    case NOTADB:
      return damaged(directory, 'tramline.db is not an SQLite file', error);
    case READONLY:
      return new FailureError('TRAMLINE_STORAGE', readOnlyMessage(directory), { cause: error });
    case IOERR:
    case CANTOPEN:
      return new FailureError(
        'TRAMLINE_STORAGE',
        `The log in ${directory} cannot be read or written: ${String(error)}. Check the disk, and that the directory still exists.`,
        { cause: error },
      );
    default:
      return new FailureError('TRAMLINE_AWAY', `The embedded log failed: ${String(error)}`, {
        cause: error,
        outcome: 'unknown',
      });
  }
}

export function damaged(directory: string, what: string, cause?: unknown): FailureError {
  return new FailureError(
    'TRAMLINE_STORAGE',
    `The log in ${directory} is damaged: ${what}. Stop all its processes, keep a copy of the directory, then put back a backup, ` +
      'or save what can be read with "sqlite3 tramline.db .recover". To begin with an empty log, move the directory away.',
    { cause },
  );
}

export function readOnlyMessage(directory: string): string {
  const user = process.getuid ? `user id ${process.getuid()}` : 'this user';
  return `The log in ${directory} cannot be written by ${user}. Give that user write access to the directory and all its files, or name another directory.`;
}
