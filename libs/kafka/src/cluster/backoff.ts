import { sleep, type Clock, type Random } from '@tramline/core';
import type { KafkaSettings } from '../config/settings.js';

/** Waits between tries: each twice the last, half of it by chance, so that a thousand clients do not come back at once. */
export class Backoff {
  private tries = 0;

  constructor(
    private readonly settings: Pick<KafkaSettings, 'retry'>,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  reset(): void {
    this.tries = 0;
  }

  next(): number {
    const { initialMs, maxMs } = this.settings.retry;
    const most = Math.min(maxMs, initialMs * 2 ** Math.min(this.tries++, 20));
    return most / 2 + (most / 2) * this.random.next();
  }

  /** @throws the signal's reason */
  wait(signal?: AbortSignal): Promise<void> {
    return sleep(this.clock, this.next(), signal);
  }
}
