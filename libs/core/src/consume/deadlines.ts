import type { Clock, Timer } from '../time/clock.js';

/**
 * Deadlines that are all the same time away, so that the oldest is the next one due: one timer serves any number of them,
 * and adding or removing one costs no timer.
 */
export class Deadlines<T> {
  private readonly due = new Map<T, number>();
  private timer: Timer | undefined;

  /** @param expired - called once for each item that was not removed within `afterMs` */
  constructor(
    private readonly clock: Clock,
    private readonly afterMs: number,
    private readonly expired: (item: T) => void,
  ) {}

  get size(): number {
    return this.due.size;
  }

  /** For how long the oldest item has been here, milliseconds; undefined when there is none. */
  oldestMs(): number | undefined {
    const [due] = this.due.values();
    return due === undefined ? undefined : this.clock.monotonic() - (due - this.afterMs);
  }

  add(item: T): void {
    this.due.set(item, this.clock.monotonic() + this.afterMs);
    this.timer ??= this.clock.setTimer(this.afterMs, () => this.fire());
  }

  delete(item: T): void {
    this.due.delete(item);
    if (this.due.size === 0) {
      this.timer?.cancel();
      this.timer = undefined;
    }
  }

  private fire(): void {
    this.timer = undefined;
    const now = this.clock.monotonic();
    for (const [item, due] of this.due) {
      if (due > now) {
        this.timer = this.clock.setTimer(due - now, () => this.fire());
        return;
      }
      this.due.delete(item);
      this.expired(item);
    }
  }
}
