import type { Clock } from '@tramline/core';
import type { Horizon, RelayStore } from '@tramline/core/outbox';
import { RELAY } from './settings.js';

/** A page as it was asked for. */
export interface Scan {
  readonly after: number;
  readonly floor: number;
  readonly round: number;
}

/**
 * Where the next page starts.
 *
 * The *floor* is an id up to which nothing can appear any more: the highest id drawn was read, then the transactions that
 * might still commit one up to it, and those have ended since. A page that was read above `after`, with the floor proven
 * before it was asked for, therefore shows everything up to the floor; what it does not show there is done, on hold, dead or
 * somebody else's, and needs no look again. So neither long foreign transactions nor the index entries of deleted rows slow the
 * scan down.
 *
 * Whatever makes a row below appear, or fly (a bucket gained, a hold lifted, partitions added) and whatever leaves that in doubt (an error) must
 * {@link rewind}: the next page then starts at the beginning, and pages that were asked for before count no more.
 */
export class Floor {
  private start = 0;
  private proven = 0;
  private candidate: { readonly drawn: number; writers: readonly string[] } | undefined;
  private askedAt = -Infinity;
  private round = 0;

  constructor(
    private readonly store: Pick<RelayStore, 'horizon'>,
    private readonly clock: Clock,
  ) {}

  rewind(): void {
    this.start = 0;
    this.round++;
  }

  /** @param busy - pages bring many rows */
  async advance(busy: boolean): Promise<void> {
    const now = this.clock.monotonic();
    if (now - this.askedAt < (busy ? RELAY.floorEveryMs : RELAY.floorIdleMs)) return;
    const horizon = await this.store.horizon();
    this.askedAt = now;
    this.learn(horizon);
  }

  /** A page is about to be asked for. */
  scan(): Scan {
    return { after: this.start, floor: this.proven, round: this.round };
  }

  /** Whether nothing has rewound since this page was asked for. */
  current({ round }: Scan): boolean {
    return round === this.round;
  }

  /** Nothing that the page left out below `next` needs another look. @param next - the lowest id that does; Infinity: none */
  passed(scan: Scan, next: number): void {
    if (this.current(scan)) this.start = Math.max(this.start, Math.min(scan.floor, next - 1));
  }

  private learn({ drawn, writers }: Horizon): void {
    if (this.candidate) {
      const open = new Set(writers);
      this.candidate.writers = this.candidate.writers.filter((writer) => open.has(writer));
      if (this.candidate.writers.length > 0) return;
      this.proven = this.candidate.drawn;
    }
    this.candidate = writers.length > 0 ? { drawn, writers } : undefined;
    if (!this.candidate) this.proven = drawn;
  }
}
