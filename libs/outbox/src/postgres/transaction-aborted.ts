import { OutboxError } from '@tramline/core';

/** PostgreSQL answers COMMIT of an aborted transaction with a rollback, and without an error: what to throw instead. */
export function transactionAborted(cause?: unknown): OutboxError {
  return new OutboxError(
    'TRAMLINE_TRANSACTION_ENDED',
    'The transaction was rolled back: one of its statements failed, and its error was caught without a rollback to a savepoint.',
    cause === undefined ? undefined : { cause },
  );
}
