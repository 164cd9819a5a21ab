/** A timer that can be taken back. Cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * All time that core sees. Nothing in core asks the operating system, so that a test or a simulation can run hours in
 * milliseconds and replay them.
 */
export interface Clock {
  /** Wall clock, milliseconds since 1970 UTC. May jump either way: never measure a duration with it. */
  now(): number;
  /** Milliseconds since some fixed start, fractions allowed. Never goes back. */
  monotonic(): number;
  /**
   * Calls `fire` once, on a later turn of the event loop, when `delayMs` of monotonic time has passed (0 or less: as soon
   * as possible). A pending timer does not keep the process alive unless `hold` is true. `delayMs` may exceed what the
   * platform's timers hold (2^31 ms); the clock splits it.
   */
  setTimer(delayMs: number, fire: () => void, hold?: boolean): Timer;
}

/** Resolves after `ms` of the clock's monotonic time (keeping the process alive until then), or rejects with the signal's reason as soon as it is aborted. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const onAbort = () => {
      timer.cancel();
      reject(signal!.reason as Error);
    };
    const wake = () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    };
    const timer = clock.setTimer(ms, wake, true);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** Waits for `work`, at most `ms`. Answers whether it settled in time; a rejection counts as settled and is rethrown. */
export async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: Timer | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = clock.setTimer(ms, () => resolve(false), true);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    timer?.cancel();
  }
}
