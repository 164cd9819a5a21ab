import { asError, OutboxError } from '@tramline/core';
import { rightsOf, type Duty } from '../migrate/grants.js';
import type { TableOptions } from '../sql/tables.js';
import { hasState, SqlState } from './sql-state.js';

export const MIGRATE = `Make them with migrate(), with 'tramline outbox migrate' or with the SQL of sqlFor('postgres'); or give autoCreate: true.`;

/** The server knows no such thing. */
export const MISSING = [SqlState.NO_TABLE, SqlState.NO_COLUMN, SqlState.NO_FUNCTION, SqlState.NO_SCHEMA];

/** What to throw instead of a driver's error, so that it names the fix where we know it. */
export function explained(error: unknown, duty: Duty, tables: TableOptions): unknown {
  if (error instanceof OutboxError) return error;
  const said = asError(error).message;
  if (hasState(error, SqlState.FORBIDDEN))
    return new OutboxError(
      'TRAMLINE_OUTBOX_RIGHTS',
      `The database user may not do what the outbox needs (${said}). Let the owner of the tables run, for this user:\n` +
        rightsOf(duty, tables)
          .map((right) => `  GRANT ${right} TO …;`)
          .join('\n'),
      { cause: error },
    );
  if (MISSING.some((state) => hasState(error, state)))
    return new OutboxError(
      'TRAMLINE_OUTBOX_SCHEMA',
      `The outbox's tables are missing in this PostgreSQL database, or older than this code (${said}). ${MIGRATE}`,
      { cause: error },
    );
  return error;
}
