import type { Clock, Timer } from '@tramline/core';

/** Calls `beat` over and over, never two at once, at the time that its last call named or sooner when asked. */
export class Heartbeat {
  #timer: Timer | undefined;
  #dueAt = Infinity;
  #beating = false;
  #stopped = false;

  /** @param beat - answers in how many milliseconds the next is due; never rejects */
  constructor(
    private readonly clock: Clock,
    private readonly beat: () => Promise<number>,
  ) {}

  /** The next beat comes in `delayMs` at the latest; if one is under way, after it. */
  within(delayMs: number): void {
    const dueAt = this.clock.monotonic() + delayMs;
    if (this.#stopped || dueAt >= this.#dueAt) return;
    this.#timer?.cancel();
    this.#dueAt = dueAt;
    this.#timer = this.clock.setTimer(delayMs, () => void this.#run());
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  async #run(): Promise<void> {
    this.#dueAt = Infinity;
    if (this.#beating) {
      // Asked for while one is under way, which may have looked too early.
      this.#dueAt = -Infinity;
      return;
    }
    this.#beating = true;
    const next = await this.beat();
    this.#beating = false;
    const missed = this.#dueAt === -Infinity;
    if (missed) this.#dueAt = Infinity;
    this.within(missed ? 0 : next);
  }
}
