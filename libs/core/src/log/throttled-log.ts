import type { Clock, Timer } from '../time/clock.js';
import type { Log } from './log.js';

/** Each kind of line at most once in so many milliseconds. */
const INTERVAL_MS = 1_000;

interface Kind {
  readonly level: 'warn' | 'error';
  readonly timer: Timer;
  omitted: number;
  latest: () => string;
}

/**
 * Lines about single events. The first of a kind is written at once; when more follow within a second, the latest of them
 * is written after it, with the number of the others. So thousands that fail alike cost a line a second, and none goes
 * unmentioned.
 */
export class ThrottledLog {
  private readonly kinds = new Map<string, Kind>();
  private closed = false;

  constructor(
    private readonly log: Log,
    private readonly clock: Clock,
  ) {}

  /** @param kind - lines of one kind stand for each other; there must be few kinds */
  write(level: 'warn' | 'error', kind: string, line: () => string): void {
    const known = this.kinds.get(kind);
    if (known) {
      known.omitted++;
      known.latest = line;
      return;
    }
    this.log[level](line());
    // A write may be acknowledged after the end. Nobody would cancel a timer any more.
    if (this.closed) return;
    const timer = this.clock.setTimer(INTERVAL_MS, () => this.end(kind));
    this.kinds.set(kind, { level, timer, omitted: 0, latest: line });
  }

  /** Writes what was held back. */
  close(): void {
    this.closed = true;
    for (const [kind, { timer }] of this.kinds) {
      timer.cancel();
      this.end(kind, true);
    }
  }

  private end(kind: string, last = false): void {
    const { level, omitted, latest } = this.kinds.get(kind)!;
    this.kinds.delete(kind);
    if (omitted === 0) return;
    const line = () => latest() + (omitted === 1 ? '' : ` (and ${omitted - 1} more like it)`);
    if (last) this.log[level](line());
    else this.write(level, kind, line);
  }
}
