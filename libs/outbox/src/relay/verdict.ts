/**
 * What the error of an append or a look-up means for the rows:
 * - `away`: nothing; the same call may succeed later.
 * - `broken`: nothing; the transport is closed, or its storage is broken, and trying at once again is of no use.
 * - `too-large`: one of them is larger than the broker takes.
 * - `unknown-topic`: the broker does not know their topic or partition, or no longer.
 * - `refused`: they are not taken: rights, quota, names, or something that the transport does not know itself.
 */
export type Verdict = 'away' | 'broken' | 'too-large' | 'unknown-topic' | 'refused';

/** By code, not by class: an application may hold two copies of a package. */
export function verdictOn(error: Error): Verdict {
  const { code, retriable } = error as { readonly code?: unknown; readonly retriable?: unknown };
  if (retriable === true) return 'away';
  switch (code) {
    case 'TRAMLINE_CLOSED':
    case 'TRAMLINE_STORAGE':
      return 'broken';
    case 'TRAMLINE_RECORD_TOO_LARGE':
      return 'too-large';
    case 'TRAMLINE_UNKNOWN_TOPIC':
      return 'unknown-topic';
    default:
      return 'refused';
  }
}
