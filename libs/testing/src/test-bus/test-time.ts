import { formatDuration, parseDuration, type Duration } from '@tramline/core';
import type { VirtualClock } from '../time/virtual-clock.js';
import type { RunningAttempts } from './running-attempts.js';
import { TestBusError } from './test-bus-error.js';

/** Virtual time that stands still while handlers do real work. */
export class TestTime {
  constructor(
    readonly clock: VirtualClock,
    private readonly attempts: RunningAttempts,
  ) {}

  /** @throws TestBusError when attempts are still under way for longer than they are waited for */
  async idle(): Promise<void> {
    await this.#settle();
    const { handlerIds, patienceMs } = this.attempts;
    if (handlerIds.length === 0) return;
    throw new TestBusError(
      `${handlerIds.join(', ')} still runs after ${formatDuration(patienceMs)} of real time. Let it end, raise 'patience', ` +
        'or, when it is to run into its timeout, call advance(…) instead of idle().',
    );
  }

  async advance(duration: Duration): Promise<void> {
    const ms = milliseconds(duration, 'advance');
    await this.#settle();
    let passed = false;
    this.clock.setTimer(ms, () => (passed = true));
    await this.#runUntil(() => passed, ms);
    await this.#settle();
  }

  /** Lets time pass until `work` is settled. @returns `work` */
  during<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const end = () => (settled = true);
    work.then(end, end);
    // Where no timer is left, the work waits for something real and ends by itself.
    this.#runUntil(() => settled, '1h').catch(() => undefined);
    return work;
  }

  #runUntil(reached: () => boolean, limit: Duration): Promise<void> {
    return this.clock.runUntil(async () => {
      if (!reached()) await this.attempts.wait();
      return reached();
    }, limit);
  }

  async #settle(): Promise<void> {
    do await this.clock.settle();
    while (await this.attempts.wait());
  }
}

/** @throws TestBusError */
export function milliseconds(duration: Duration, what: string): number {
  const ms = parseDuration(duration);
  if (ms !== undefined) return ms;
  throw new TestBusError(
    `${what}: ${JSON.stringify(duration)} is no duration. Write milliseconds, or '250ms', '10s', '1m', '1h', '7d'.`,
  );
}
