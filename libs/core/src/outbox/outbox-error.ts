import { TramlineError } from '../errors.js';

/**
 * - `TRAMLINE_NO_TRANSACTION`: what was given as transaction is none, is not open any more, or belongs to another database.
 * - `TRAMLINE_TRANSACTION_ENDED`: a handler with `once: true` committed or rolled back `context.tx` by itself.
 * - `TRAMLINE_OUTBOX_SCHEMA`: the tables are missing, or older or newer than this code.
 * - `TRAMLINE_OUTBOX_RIGHTS`: the database user may not do what the outbox needs.
 * - `TRAMLINE_OUTBOX_LOCKS`: the server has no room for the locks of so many keys.
 */
export type OutboxErrorCode =
  | 'TRAMLINE_NO_TRANSACTION'
  | 'TRAMLINE_TRANSACTION_ENDED'
  | 'TRAMLINE_OUTBOX_SCHEMA'
  | 'TRAMLINE_OUTBOX_RIGHTS'
  | 'TRAMLINE_OUTBOX_LOCKS';

/** The outbox cannot do what it was asked for. What the database itself throws comes out as it is. */
export class OutboxError extends TramlineError {
  constructor(
    readonly code: OutboxErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
