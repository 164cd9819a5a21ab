import type { Clock, Random } from '@tramline/core';
import { backoffMs, RELAY } from './settings.js';

/**
 * The broker, as flights find it.
 *
 * *There* -> *away*, when a flight ran out of time and no other landed meanwhile: nothing flies for a while (200 ms to 5 s,
 * doubling) -> there, when a batch lands, or when nothing waits any more and nobody can tell.
 */
export class Outage {
  private pauses = 0;
  private away = false;
  private pausedUntil = -Infinity;
  private landedAt = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly told: (error: Error) => void,
  ) {}

  /** The broker went away, and nothing has landed since. */
  get isOn(): boolean {
    return this.away;
  }

  /** Until something may fly again; 0 or less: now. */
  get pausedMs(): number {
    return this.pausedUntil - this.clock.monotonic();
  }

  /** Something landed so lately that the broker is there. */
  isRefuted(withinMs: number): boolean {
    return this.clock.monotonic() - this.landedAt < withinMs;
  }

  begin(error: Error): void {
    // The flights of one wave fail together, and count once.
    if (this.pausedMs > 0) return;
    const { firstPauseMs, longestPauseMs } = RELAY;
    const pause = backoffMs(++this.pauses, firstPauseMs, longestPauseMs, this.random.next());
    this.pausedUntil = this.clock.monotonic() + pause;
    this.away = true;
    this.told(error);
  }

  landed(): void {
    this.landedAt = this.clock.monotonic();
    this.pauses = 0;
    this.away = false;
    this.pausedUntil = -Infinity;
  }

  /** Whether the broker is there is not known, and matters to nobody. */
  nothingWaits(): void {
    this.away = false;
  }
}
