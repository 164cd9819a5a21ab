import type { Clock, Timer } from '@tramline/core';

interface Waiter {
  readonly enter: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * One at a time, first come first served. Free -> held by one -> handed to the next in line, or free again. When one holds
 * its turn for longer than `patienceMs`, everybody who waits is turned away: it may be waiting for one of them.
 */
export class Turns {
  readonly #waiting: Waiter[] = [];
  #held = false;
  #heldSince = 0;
  #alarm: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly patienceMs: number,
    private readonly impatient: () => Error,
  ) {}

  /** Runs `work` when its turn has come. @throws what `impatient` makes, or what `work` throws */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#held) await this.#wait();
    this.#held = true;
    this.#heldSince = this.clock.monotonic();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #wait(): Promise<void> {
    return new Promise((enter, reject) => {
      this.#waiting.push({ enter, reject });
      this.#watch();
    });
  }

  #leave(): void {
    this.#alarm?.cancel();
    this.#alarm = undefined;
    const next = this.#waiting.shift();
    // It stays held: nobody may slip in before the next one's promise has been noticed.
    if (!next) return void (this.#held = false);
    this.#heldSince = this.clock.monotonic();
    next.enter();
    if (this.#waiting.length > 0) this.#watch();
  }

  #watch(): void {
    if (this.#alarm) return;
    const left = this.#heldSince + this.patienceMs - this.clock.monotonic();
    this.#alarm = this.clock.setTimer(left, () => {
      this.#alarm = undefined;
      for (const { reject } of this.#waiting.splice(0)) reject(this.impatient());
    });
  }
}
