import type { Clock } from '@tramline/core';
import type { RelayStore } from '@tramline/core/outbox';
import { RELAY } from './settings.js';

/** Brings scheduled rows that are due into the outbox. Any relay does, whatever it owns. */
export class Schedule {
  private nextAt = -Infinity;

  constructor(
    private readonly store: Pick<RelayStore, 'promote'>,
    private readonly clock: Clock,
    /** There are new rows to read. */
    private readonly moved: () => void,
  ) {}

  get inMs(): number {
    return this.nextAt - this.clock.monotonic();
  }

  /** Somebody here wrote rows that are due in so long. */
  written(delayMs: number): void {
    this.nextAt = Math.min(this.nextAt, this.clock.monotonic() + delayMs);
  }

  async tend(): Promise<void> {
    if (this.inMs > 0) return;
    const { moved, nextInMs } = await this.store.promote(RELAY.scheduledRows);
    if (moved > 0) this.moved();
    this.nextAt = this.clock.monotonic() + waitMs(moved, nextInMs ?? Infinity);
  }
}

function waitMs(moved: number, nextInMs: number): number {
  const { scheduledRows, scheduledLockedMs, scheduledEveryMs } = RELAY;
  if (moved >= scheduledRows) return 0;
  // Rows are due and did not move: somebody has them locked, another relay for a moment or an operator for an hour.
  const least = moved === 0 && nextInMs <= 0 ? scheduledLockedMs : 1;
  return Math.min(scheduledEveryMs, Math.max(least, nextInMs));
}
