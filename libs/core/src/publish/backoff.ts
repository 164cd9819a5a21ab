import type { Clock, Timer } from '../time/clock.js';
import type { Random } from '../time/random.js';

const FIRST_MS = 50;
const LONGEST_MS = 1_000;

/**
 * Growing, jittered waits between tries. They keep the process alive: a script that awaits its publish must not end while
 * the broker is away.
 */
export class Backoff {
  private failures = 0;
  private timer: Timer | undefined;
  private wake: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  reset(): void {
    this.failures = 0;
  }

  /** Resolves after the next wait, or after `atMostMs`, or at {@link end}. */
  wait(atMostMs: number): Promise<void> {
    const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(this.failures++, 10));
    const ms = Math.max(0, Math.min(atMostMs, full * (0.5 + this.random.next() / 2)));
    return new Promise((resolve) => {
      this.wake = resolve;
      this.timer = this.clock.setTimer(ms, resolve, true);
    });
  }

  /** Ends the present wait. */
  end(): void {
    this.timer?.cancel();
    this.wake?.();
  }
}
