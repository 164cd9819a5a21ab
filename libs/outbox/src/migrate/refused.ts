import { asError, OutboxError } from '@tramline/core';
import { hasState, SqlState } from '../postgres/sql-state.js';
import type { SqlClient } from '../sql/sql-client.js';
import { isForbidden } from '../sqlite/sqlite-error.js';

/** What to throw instead of a driver's error, where it means that this user may not make the tables. */
export function refused(error: unknown, dialect: SqlClient<unknown>['dialect']): unknown {
  if (error instanceof OutboxError) return error;
  if (!(dialect === 'postgres' ? hasState(error, SqlState.FORBIDDEN) : isForbidden(error))) return error;
  const fix =
    dialect === 'postgres'
      ? `Let a user do it who may create tables in that schema and owns those that are there: by migrate(), 'tramline outbox ` +
        `migrate' or the SQL of sqlFor('postgres'); and give this user what grantsFor() says, without autoCreate.`
      : 'Give this user write access to the file and to its directory.';
  return new OutboxError(
    'TRAMLINE_OUTBOX_RIGHTS',
    `The database user may not make the tables of the outbox (${asError(error).message}). ${fix}`,
    { cause: error },
  );
}
