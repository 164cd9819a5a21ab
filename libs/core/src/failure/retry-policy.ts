import type { Duration } from '../time/duration.js';

/** Which errors a rule is for: an error class (with its subclasses) or a test of the error. */
export type ErrorMatcher = (abstract new (...args: never[]) => Error) | ((error: Error) => boolean);

/** What a rule does: give up at once, forget the event, or retry by other numbers. */
export type ErrorAction = 'dead' | 'discard' | Pick<RetryPolicy, 'inPlace' | 'delays'>;

/** How a handler's failures are treated. Every option may be left out. */
export interface RetryPolicy {
  /**
   * Attempts per delivery, the first included, with short jittered waits between them; the handler's later events of the
   * key wait behind. At least 1. Default 3.
   */
  readonly inPlace?: number;
  /**
   * The waits after failed deliveries, in order; when they are used up, the event is a dead letter. Each is reached by
   * hops over the group's retry tiers, rounded up to the smallest tier. `[]`: dead letter after the first delivery.
   * Default: each tier once, the longest 24 times; with the default tiers 10s, 1m, 10m, then 24 times 1h.
   */
  readonly delays?: readonly Duration[];
  /** Rules by error, the first match wins. Errors without a rule follow the numbers above. */
  readonly on?: readonly (readonly [ErrorMatcher, ErrorAction])[];
}

/** A policy by itself or by the name it has in `policies`. */
export type RetryPolicyRef = RetryPolicy | string;
