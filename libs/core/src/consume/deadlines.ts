import type { Clock, Timer } from '../time/clock.js';
import { Chain, Link } from './chain.js';

/** What can have a deadline, one at a time. */
export class Timed extends Link {
  /** Monotonic milliseconds; written by {@link Deadlines} alone. */
  due = 0;
}

/**
 * Deadlines that are all the same time away, so that the oldest is the next one due: one timer serves any number of them,
 * and adding or removing one costs no timer.
 */
export class Deadlines<Item extends Timed> {
  private readonly items = new Chain<Item>();
  private timer: Timer | undefined;

  /** @param expired - called once for each item that was not removed within `afterMs` */
  constructor(
    private readonly clock: Clock,
    private readonly afterMs: number,
    private readonly expired: (item: Item) => void,
  ) {}

  get size(): number {
    return this.items.size;
  }

  /** For how long the oldest item has been here, milliseconds; undefined when there is none. */
  oldestMs(): number | undefined {
    const { first } = this.items;
    return first && this.clock.monotonic() - (first.due - this.afterMs);
  }

  add(item: Item): void {
    item.due = this.clock.monotonic() + this.afterMs;
    this.items.add(item);
    this.timer ??= this.clock.setTimer(this.afterMs, () => this.fire());
  }

  delete(item: Item): void {
    this.items.delete(item);
    if (this.items.size > 0) return;
    this.timer?.cancel();
    this.timer = undefined;
  }

  private fire(): void {
    this.timer = undefined;
    const now = this.clock.monotonic();
    for (let first = this.items.first; first; first = this.items.first) {
      if (first.due > now) {
        this.timer = this.clock.setTimer(first.due - now, () => this.fire());
        return;
      }
      // Before it is told, since it may get another deadline then.
      this.items.delete(first);
      this.expired(first);
    }
  }
}
