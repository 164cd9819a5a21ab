import type { Clock } from '../time/clock.js';
import type { Log } from './log.js';

/** Each kind of line at most once in so many milliseconds. */
const INTERVAL_MS = 1_000;

/**
 * Lines about single events. When thousands fail in the same way, one line a second says so, with the number of those that
 * were left out.
 */
export class ThrottledLog {
  private readonly kinds = new Map<string, { next: number; omitted: number }>();

  constructor(
    private readonly log: Log,
    private readonly clock: Clock,
  ) {}

  /** @param kind - lines of one kind stand for each other; there must be few kinds */
  write(level: 'warn' | 'error', kind: string, line: () => string): void {
    const now = this.clock.monotonic();
    const known = this.kinds.get(kind);
    if (known && now < known.next) {
      known.omitted++;
      return;
    }
    const others = known?.omitted ? ` (and ${known.omitted} more like it before)` : '';
    this.kinds.set(kind, { next: now + INTERVAL_MS, omitted: 0 });
    this.log[level](line() + others);
  }
}
