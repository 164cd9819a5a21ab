import { TransportError } from '@tramline/core';
import type { Failure } from './wire/failure.js';

const failures = new WeakMap<Error, Failure>();

export function asTransportError(failure: Failure): TransportError {
  const { code, message, retriable, outcome, cause } = failure;
  const error = new TransportError(code, message, { retriable, outcome, cause: cause && new Error(cause) });
  failures.set(error, failure);
  return error;
}

/** The log cannot be used until somebody mends it. A full disk is not that: space comes back. */
export function needsMending(error: unknown): boolean {
  if (!(error instanceof TransportError) || error.code !== 'TRAMLINE_STORAGE') return false;
  return !failures.get(error)?.full;
}

export function stuck(): TransportError {
  return new TransportError(
    'TRAMLINE_AWAY',
    'The embedded log did not answer in time; the disk is slow, or another process holds the log. The records may be in it.',
    { outcome: 'unknown' },
  );
}

export function died(crash: Error | undefined): TransportError {
  return new TransportError(
    'TRAMLINE_AWAY',
    'The worker thread of the embedded log ended unexpectedly; a new one starts with the next call.',
    { outcome: 'unknown', cause: crash },
  );
}
