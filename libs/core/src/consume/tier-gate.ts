import type { Clock, Timer } from '../time/clock.js';

/**
 * Holds the records of one tier partition until they are due. First in, first out: everything in a tier waits equally long,
 * so only the head is timed.
 *
 * A record waits at most the tier's delay from the moment it comes in, whatever its due time says: a wall clock that jumps
 * back must not make it wait an hour.
 */
export class TierGate<T> {
  private queue: { readonly item: T; readonly at: number }[] = [];
  private head = 0;
  private timer: Timer | undefined;

  /** @param open - called for each item, in order, when it is due; @param tierMs - the tier's delay */
  constructor(
    private readonly clock: Clock,
    private readonly tierMs: number,
    private readonly open: (item: T) => void,
  ) {}

  /** @param due - milliseconds since 1970 */
  push(item: T, due: number): void {
    const wait = Math.min(Math.max(0, due - this.clock.now()), this.tierMs);
    this.queue.push({ item, at: this.clock.monotonic() + wait });
    if (!this.timer) this.release();
  }

  close(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.queue = [];
    this.head = 0;
  }

  private release(): void {
    this.timer = undefined;
    const now = this.clock.monotonic();
    while (this.head < this.queue.length) {
      const { item, at } = this.queue[this.head]!;
      if (at > now) {
        this.timer = this.clock.setTimer(at - now, () => this.release());
        break;
      }
      this.head++;
      this.open(item);
    }
    if (this.head > 256 && this.head * 2 > this.queue.length) {
      this.queue = this.queue.slice(this.head);
      this.head = 0;
    }
  }
}
