import type { Clock, Timer } from '@tramline/core';

interface Entry {
  readonly fire: () => void;
  timer: Timer;
}

/**
 * The time of one process. It ends with the process, and so do its timers. While the process is frozen time goes on and
 * nothing fires; what became due meanwhile fires when it thaws, in order.
 */
export class ProcessClock implements Clock {
  readonly #clock: Clock;
  readonly #skew: number;
  readonly #entries = new Set<Entry>();
  #held: Entry[] = [];
  #frozen = false;
  #ended = false;
  /** How often it was frozen so far. */
  freezes = 0;

  /** @param skew - milliseconds that its wall clock is ahead of the broker's, or (negative) behind */
  constructor(clock: Clock, skew: number) {
    this.#clock = clock;
    this.#skew = skew;
  }

  now(): number {
    return this.#clock.now() + this.#skew;
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  /** Timers that neither fired nor were cancelled. */
  get pending(): number {
    return this.#entries.size;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    if (this.#ended) return { cancel: () => undefined };
    const entry: Entry = { fire, timer: this.#clock.setTimer(delayMs, () => this.#due(entry)) };
    this.#entries.add(entry);
    return {
      cancel: () => {
        this.#entries.delete(entry);
        entry.timer.cancel();
      },
    };
  }

  freeze(): void {
    if (!this.#frozen) this.freezes++;
    this.#frozen = true;
  }

  thaw(): void {
    this.#frozen = false;
    const held = this.#held;
    this.#held = [];
    for (const entry of held) {
      if (this.#entries.has(entry)) entry.timer = this.#clock.setTimer(0, () => this.#due(entry));
    }
  }

  end(): void {
    this.#ended = true;
    for (const { timer } of this.#entries) timer.cancel();
    this.#entries.clear();
  }

  #due(entry: Entry): void {
    if (!this.#entries.has(entry)) return;
    if (this.#frozen) {
      this.#held.push(entry);
      return;
    }
    this.#entries.delete(entry);
    entry.fire();
  }
}
