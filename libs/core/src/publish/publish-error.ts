import { TramlineError } from '../errors.js';
import { TransportError, type Outcome, type TransportErrorCode } from '../transport/transport-error.js';
import type { Receipt } from './receipt.js';

/**
 * Besides what a transport says:
 * - `TRAMLINE_PUBLISH_TIMEOUT`: the broker did not take the event within the publisher's `timeout`.
 * - `TRAMLINE_BUFFER_FULL`: too much waits for the broker already.
 * - `TRAMLINE_PUBLISH_OPTIONS`: an option of this call is not valid.
 * - `TRAMLINE_PARTITION`: the partition, given or chosen by the partitioner, does not exist.
 * - `TRAMLINE_NOT_SENT`: another event of the list was not valid, so nothing of it was sent.
 * - `TRAMLINE_CLOSED`: the bus was closed, and its patience ended, before the broker took the event.
 * - `TRAMLINE_PUBLISH_FAILED`: the transport failed in a way it does not know itself; see `cause`.
 */
export type PublishErrorCode =
  | TransportErrorCode
  | 'TRAMLINE_PUBLISH_TIMEOUT'
  | 'TRAMLINE_BUFFER_FULL'
  | 'TRAMLINE_PUBLISH_OPTIONS'
  | 'TRAMLINE_PARTITION'
  | 'TRAMLINE_NOT_SENT'
  | 'TRAMLINE_CLOSED'
  | 'TRAMLINE_PUBLISH_FAILED';

/**
 * An event got no receipt. `outcome` `not-written`: it is not in the log and will not be. `unknown`: it may be there;
 * publishing again with `{ id: error.eventId }` lets consumers know it for the same event.
 */
export class PublishError extends TramlineError {
  constructor(
    readonly code: PublishErrorCode,
    readonly outcome: Outcome,
    readonly eventId: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Some events of a `publishAll` got no receipt. */
export class PublishAllError extends TramlineError {
  readonly code = 'TRAMLINE_PUBLISH_ALL';

  /** @param results - one for each event of the list, in its order: its receipt, or why it has none */
  constructor(readonly results: readonly (Receipt | Error)[]) {
    const errors = results.filter((result) => result instanceof Error);
    const first =
      errors.find((error) => (error as { code?: unknown }).code !== 'TRAMLINE_NOT_SENT') ?? errors[0];
    const index = results.indexOf(first as Error);
    super(
      `${errors.length} of ${results.length} events were not published; 'results' has a receipt or an error for each. Event ${index}: ${first?.message}`,
      { cause: first },
    );
  }
}

/** What a failed append or look-up means for the events that waited for it. */
export function failureOf(error: Error): {
  readonly code: PublishErrorCode;
  readonly outcome: Outcome;
  readonly retriable: boolean;
} {
  if (error instanceof TransportError) return error;
  // Not something a transport may throw: assume the worst about the log, and nothing about another try.
  const closed = error instanceof TramlineError && error.code === 'TRAMLINE_CLOSED';
  return closed
    ? { code: 'TRAMLINE_CLOSED', outcome: 'not-written', retriable: false }
    : { code: 'TRAMLINE_PUBLISH_FAILED', outcome: 'unknown', retriable: false };
}
