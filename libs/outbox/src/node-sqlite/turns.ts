import type { Clock, Timer } from '@tramline/core';

interface Waiter {
  readonly enter: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * How long turns may follow one another at once. What they do is synchronous, so that a queue of them would run through as
 * one, and nothing else of this process meanwhile: no request, no timer, no relay.
 */
const LONGEST_ROW_MS = 10;

/**
 * One at a time, first come first served, but for {@link Turns.runNext}. Free -> held by one -> handed to the next in line, or free again. When one holds
 * its turn for longer than `patienceMs`, everybody who waits is turned away: it may be waiting for one of them.
 */
export class Turns {
  readonly #waiting: Waiter[] = [];
  #held = false;
  #heldSince = 0;
  /** When the turns began that have followed one another at once. */
  #rowSince = 0;
  #alarm: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly patienceMs: number,
    private readonly impatient: () => Error,
  ) {}

  /** Runs `work` when its turn has come. @throws what `impatient` makes, or what `work` throws */
  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#run(work, 'last');
  }

  /** The same before all who wait: for what is short and comes one by one, and must not wait for a whole queue of others. */
  runNext<T>(work: () => Promise<T>): Promise<T> {
    return this.#run(work, 'first');
  }

  async #run<T>(work: () => Promise<T>, place: 'first' | 'last'): Promise<T> {
    if (this.#held) await this.#wait(place);
    else this.#rowSince = this.clock.monotonic();
    this.#held = true;
    this.#heldSince = this.clock.monotonic();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #wait(place: 'first' | 'last'): Promise<void> {
    return new Promise((enter, reject) => {
      if (place === 'first') this.#waiting.unshift({ enter, reject });
      else this.#waiting.push({ enter, reject });
      this.#watch();
    });
  }

  #leave(): void {
    this.#alarm?.cancel();
    this.#alarm = undefined;
    if (this.#waiting.length === 0) return void (this.#held = false);
    // It stays held: nobody may slip in before the next one's promise has been noticed.
    const now = this.clock.monotonic();
    this.#heldSince = now;
    if (now - this.#rowSince < LONGEST_ROW_MS) return this.#handOver();
    this.clock.setTimer(
      0,
      () => {
        this.#rowSince = this.#heldSince = this.clock.monotonic();
        this.#handOver();
      },
      true,
    );
  }

  #handOver(): void {
    const next = this.#waiting.shift();
    if (!next) return void (this.#held = false);
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
