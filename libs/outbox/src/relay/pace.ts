import type { Clock } from '@tramline/core';

/** After a write in a foreign transaction: it is committed soon, but nobody says when. */
const HOT_STEPS_MS = [0, 1, 2, 4, 8, 16, 20];
const HOT_FOR_MS = 1_000;
const BUSY_MS = 20;
const IDLE_MS = 1_000;
/** Between two reads, so that thousands of small transactions a second share pages instead of each costing one. */
const GAP_MS = 4;
const EMPTY_GAP_MS = 1;
/** While a partition is slow the rows that wait for it are read again, or the next ones passed. */
const STRAGGLE_GAP_MS = 50;

/**
 * When the table is read next.
 *
 * - *More*: the last page was full. At once.
 * - *Hot*: somebody in this process wrote in our buckets, and nothing was seen since: after 0, 1, 2, 4, 8, 16, then every 20 ms,
 *   for a second. The commit of a foreign transaction cannot be heard; of our own we are told then, and the first look sees it.
 * - *Busy*: rows were seen last time: after 20 ms, for what other processes write.
 * - *Idle*: doubling, up to a second.
 */
export class Pace {
  private readAt = -Infinity;
  private found = false;
  private more = false;
  private idleMs = BUSY_MS;
  private hotUntil = -Infinity;
  private nudgedAt = -Infinity;
  private step = 0;

  constructor(private readonly clock: Clock) {}

  /** Something was written here, or was just committed. */
  nudge(): void {
    this.nudgedAt = this.clock.monotonic();
    this.hotUntil = this.nudgedAt + HOT_FOR_MS;
    this.step = 0;
  }

  /** A page was asked for at `at` and had `rows` that were new. */
  read(at: number, rows: number, more: boolean): void {
    this.readAt = at;
    this.found = rows > 0;
    this.more = more;
    if (this.found) {
      // What was committed since that page was asked for is not in it.
      if (at >= this.nudgedAt) this.hotUntil = -Infinity;
      this.idleMs = BUSY_MS;
    } else if (at < this.hotUntil) {
      this.step = Math.min(this.step + 1, HOT_STEPS_MS.length - 1);
      this.idleMs = BUSY_MS;
    } else {
      this.idleMs = Math.min(IDLE_MS, this.idleMs * 2);
    }
  }

  /** Milliseconds until the next read; 0 or less: now. @param straggling - flights of an earlier page are under way */
  dueInMs(straggling: boolean): number {
    const now = this.clock.monotonic();
    if (this.more) return this.readAt + (straggling ? STRAGGLE_GAP_MS : 0) - now;
    const hot = now < this.hotUntil;
    const wait = hot ? HOT_STEPS_MS[this.step]! : this.idleMs;
    const gap = straggling ? STRAGGLE_GAP_MS : this.found ? GAP_MS : EMPTY_GAP_MS;
    return this.readAt + Math.max(wait, gap) - now;
  }
}
