import type { Clock, Timer } from '@tramline/core';

/** A time after which nobody waits any more. One timer and one promise serve everything that is done until then. */
export class Deadline {
  /** Whether the time is over. */
  passed = false;
  private readonly late: Promise<never>;
  private readonly timer: Timer;
  private ending: AbortController | undefined;

  /** @param reason - what is thrown when the time is over */
  constructor(
    clock: Clock,
    timeoutMs: number,
    readonly reason: () => Error,
  ) {
    let reject: (error: Error) => void;
    this.late = new Promise((_, fail) => (reject = fail));
    this.late.catch(() => {});
    this.timer = clock.setTimer(
      timeoutMs,
      () => {
        this.passed = true;
        reject(reason());
        this.ending?.abort();
      },
      true,
    );
  }

  /** Aborted when the time is over. */
  get signal(): AbortSignal {
    this.ending ??= new AbortController();
    if (this.passed) this.ending.abort();
    return this.ending.signal;
  }

  /** What `work` resolves to, if that is in time. @throws the reason when it is not */
  orLate<Result>(work: Promise<Result>): Promise<Result> {
    return Promise.race([work, this.late]);
  }

  cancel(): void {
    this.timer.cancel();
  }
}
