import { asError, sleep, TransportError } from '@tramline/core';
import type { Cluster } from '../cluster/cluster.js';

/**
 * How long an operation of an operator waits for a cluster that is away or busy with itself, milliseconds: a person learns of a
 * slip in an address within 5 s.
 */
const PATIENCE_MS = 4_500;

/** Tries again while the error is one that passes, and there is time for another try. @throws the last error */
export async function patiently<Result>(
  cluster: Cluster,
  work: () => Promise<Result>,
  patienceMs = PATIENCE_MS,
): Promise<Result> {
  const { clock } = cluster;
  const deadline = clock.monotonic() + patienceMs;
  const backoff = cluster.backoff();
  for (;;) {
    cluster.mustBeOpen();
    try {
      return await work();
    } catch (thrown) {
      const error = asError(thrown);
      const passing = error instanceof TransportError && error.retriable;
      const waitMs = backoff.next();
      if (!passing || clock.monotonic() + waitMs >= deadline) throw error;
      await sleep(clock, waitMs);
    }
  }
}
