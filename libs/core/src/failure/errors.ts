import { TramlineError } from '../errors.js';

/** Thrown by a handler (or filter): another attempt cannot help. The event becomes a dead letter at once. */
export class NonRetryableError extends TramlineError {
  readonly code = 'TRAMLINE_NON_RETRYABLE';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** Thrown by a handler (or filter): the event is of no use any more. It counts as done and leaves no dead letter. */
export class DiscardError extends TramlineError {
  readonly code = 'TRAMLINE_DISCARD';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** An attempt took longer than the handler's `timeout`. Retried like any other error. */
export class AttemptTimeoutError extends TramlineError {
  readonly code = 'TRAMLINE_ATTEMPT_TIMEOUT';

  constructor(
    readonly handlerId: string,
    readonly timeoutMs: number,
    options?: ErrorOptions,
  ) {
    super(
      `Handler '${handlerId}' did not end within ${timeoutMs} ms. Pass context.signal to what it waits for, or raise its 'timeout'.`,
      options,
    );
  }
}

/** Thrown by a batch handler: only these events of the batch failed, the others are done. */
export class BatchError extends TramlineError {
  readonly code = 'TRAMLINE_BATCH';

  /** @param failures - index in the batch -> why it failed */
  constructor(readonly failures: ReadonlyMap<number, Error>) {
    super(`${failures.size} events of the batch failed`);
  }
}
