import type { Outcome, TransportErrorCode } from '@tramline/core';

/** An error on its way from the worker to the caller; classes do not survive the journey between threads. */
export interface Failure {
  readonly code: TransportErrorCode;
  readonly message: string;
  readonly retriable: boolean;
  readonly outcome: Outcome;
  /** Only the disk is full: nothing is broken, and the same call works when space is back. */
  readonly full: boolean;
  readonly cause: string | undefined;
}

/** What the worker throws on purpose. */
export class FailureError extends Error {
  readonly failure: Failure;

  constructor(
    code: TransportErrorCode,
    message: string,
    options: Partial<Pick<Failure, 'retriable' | 'outcome' | 'full'>> & { readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.failure = {
      code,
      message,
      retriable: options.retriable ?? code === 'TRAMLINE_AWAY',
      outcome: options.outcome ?? 'not-written',
      full: options.full ?? false,
      cause: options.cause instanceof Error ? (options.cause.stack ?? options.cause.message) : undefined,
    };
  }
}

export function unknownTopic(topic: string): FailureError {
  return new FailureError(
    'TRAMLINE_UNKNOWN_TOPIC',
    `Topic "${topic}" does not exist in the embedded log. Create it first, or check its name.`,
  );
}

export function unknownPartition(topic: string, partition: number): FailureError {
  return new FailureError(
    'TRAMLINE_UNKNOWN_TOPIC',
    `Topic "${topic}" has no partition ${partition} in the embedded log. Ask for its number of partitions first.`,
  );
}
