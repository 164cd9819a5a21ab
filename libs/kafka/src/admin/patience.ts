import { asError, TransportError } from '@tramline/core';
import type { Cluster } from '../cluster/cluster.js';

/** How long an operation of an operator waits for a cluster that is away or busy with itself, milliseconds. */
const PATIENCE_MS = 5_000;

/** Tries again while the error is one that passes. @throws the last error */
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
      if (!passing || clock.monotonic() >= deadline) throw error;
      await backoff.wait();
    }
  }
}
