import { TramlineError } from '../errors.js';

/** One fault of a payload. `path`: the property, with dots and indexes; empty for the payload as a whole. */
export interface PayloadFault {
  readonly path: string;
  readonly message: string;
}

/** A payload breaks its contract or cannot be encoded or decoded. Never retried: the same bytes fail again. */
export class PayloadError extends TramlineError {
  readonly code = 'TRAMLINE_PAYLOAD';
  /** For publishers: payloads are checked before anything is sent. */
  readonly outcome = 'not-written';
  /** The id of the event that was to be published; undefined elsewhere. */
  eventId: string | undefined;

  constructor(
    readonly eventType: string,
    readonly faults: readonly PayloadFault[],
    options?: ErrorOptions,
  ) {
    super(
      `Payload of '${eventType}' is not valid: ${faults
        .map(({ path, message }) => (path ? `${path}: ${message}` : message))
        .join('; ')}`,
      options,
    );
  }
}
