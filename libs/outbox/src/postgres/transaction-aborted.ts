import { OutboxError } from '@tramline/core';
import { hasState, SqlState } from './sql-state.js';

/** PostgreSQL answers COMMIT of an aborted transaction with a rollback, and without an error: what to throw instead. */
export function transactionAborted(cause?: unknown): OutboxError {
  return new OutboxError(
    'TRAMLINE_TRANSACTION_ENDED',
    'The transaction was rolled back: one of its statements failed, and its error was caught without a rollback to a savepoint.',
    cause === undefined ? undefined : { cause },
  );
}

/**
 * For libraries that do not look at what COMMIT was answered with: to be called before it.
 * @param statement - runs any statement in the transaction
 * @throws OutboxError `TRAMLINE_TRANSACTION_ENDED` when the server takes no more of them
 */
export async function refuseAborted(statement: () => PromiseLike<unknown>): Promise<void> {
  try {
    await statement();
  } catch (error) {
    throw hasState(error, SqlState.ABORTED) ? transactionAborted(error) : error;
  }
}
