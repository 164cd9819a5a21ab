import { TramlineError } from '../errors.js';

/** Whether records of a failed append may lie in the log. */
export type Outcome = 'not-written' | 'unknown';

export type TransportErrorCode =
  | 'TRAMLINE_AWAY'
  | 'TRAMLINE_UNKNOWN_TOPIC'
  | 'TRAMLINE_RECORD_TOO_LARGE'
  | 'TRAMLINE_STALE_COMMIT'
  | 'TRAMLINE_METADATA_TOO_LARGE'
  | 'TRAMLINE_GROUP_ACTIVE'
  | 'TRAMLINE_STORAGE'
  | 'TRAMLINE_REFUSED';

/**
 * What a transport throws.
 * - `TRAMLINE_AWAY`: the broker or the file cannot be reached or used just now; the same call may work later.
 * - `TRAMLINE_STORAGE`: the storage is broken, full, read-only or of another version; somebody has to mend it.
 * - `TRAMLINE_REFUSED`: the broker understood and said no (rights, quota, a name it does not accept).
 * - the others say it in their name.
 */
export class TransportError extends TramlineError {
  readonly code: TransportErrorCode;
  /** The same call may succeed later without anybody's help. */
  readonly retriable: boolean;
  /** For appends. */
  readonly outcome: Outcome;

  constructor(
    code: TransportErrorCode,
    message: string,
    options: ErrorOptions & { readonly retriable?: boolean; readonly outcome?: Outcome } = {},
  ) {
    super(message, options);
    this.code = code;
    this.retriable = options.retriable ?? code === 'TRAMLINE_AWAY';
    this.outcome = options.outcome ?? 'not-written';
  }
}
