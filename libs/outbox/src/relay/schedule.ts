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
    const wait = Math.min(RELAY.scheduledEveryMs, Math.max(1, nextInMs ?? Infinity));
    this.nextAt = this.clock.monotonic() + (moved < RELAY.scheduledRows ? wait : 0);
  }
}
