import type { Clock, Timer } from '@tramline/core';

/** What the relay's loop waits at. A ring that nobody waited for is kept, so that none is missed between two waits. */
export class Bell {
  private rung = false;
  private wake: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  /** Resolves at the next ring, at once when it rang since the last wait, or after `ms`. Keeps the process alive. */
  async wait(ms: number): Promise<void> {
    let timer: Timer | undefined;
    if (!this.rung && ms > 0)
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        timer = this.clock.setTimer(ms, resolve, true);
      });
    timer?.cancel();
    this.wake = undefined;
    this.rung = false;
  }
}
