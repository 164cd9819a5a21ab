import type { Clock } from '@tramline/core';
import type { RelayStore } from '@tramline/core/outbox';
import type { Leases } from './leases.js';
import { RELAY } from './settings.js';

/** Ends holds when they are due, in the buckets that are read here. */
export class HoldTimes {
  private nextAt = -Infinity;
  private some = true;

  constructor(
    private readonly store: Pick<RelayStore, 'holds' | 'lift'>,
    private readonly clock: Clock,
    private readonly leases: Leases,
    /** Rows that were hidden so far will show, below where pages start. */
    private readonly lifted: () => void,
  ) {}

  get inMs(): number {
    return this.nextAt - this.clock.monotonic();
  }

  /** No key of the buckets that are read here is on hold. */
  get none(): boolean {
    return !this.some;
  }

  /** Holds that nobody here knows of may be there. */
  unknown(): void {
    this.some = true;
    this.nextAt = -Infinity;
  }

  made(forMs: number): void {
    this.some = true;
    this.nextAt = Math.min(this.nextAt, this.clock.monotonic() + forMs);
  }

  async tend(): Promise<void> {
    if (this.inMs > 0) return;
    const leases = this.leases.reading();
    const now = this.clock.monotonic();
    const holds = await this.store.holds(leases.map(({ bucket }) => bucket));
    const due = holds.filter(({ dueInMs }) => dueInMs <= 0);
    if (due.length > 0) {
      // Before the call: it may be done although its answer gets lost.
      this.lifted();
      await this.store.lift(leases, due);
    }
    this.some = holds.length > due.length;
    let wait: number = RELAY.holdsEveryMs;
    for (const { dueInMs } of holds) if (dueInMs > 0) wait = Math.min(wait, Math.max(1, dueInMs));
    this.nextAt = now + wait;
  }
}
