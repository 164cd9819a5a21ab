import { ConfigurationError } from '../errors.js';
import { sleep, type Clock } from '../time/clock.js';

/** Keeps long work to a rate: steps of what goes together, and a rest after each. */
export class Pace {
  /** @param rate - items a second @throws ConfigurationError when it is not above 0, which would never end */
  constructor(
    private readonly clock: Clock,
    private readonly rate: number,
    what: string,
    unit: string,
  ) {
    if (!(rate > 0))
      throw new ConfigurationError([`${what}: rate is ${String(rate)}; give ${unit} a second, more than 0.`]);
  }

  /** How many items go together: no more than come in a second. */
  step(most: number): number {
    return Math.min(most, Math.max(1, this.rate));
  }

  /** Rests after `count` items; an aborted signal ends the rest. */
  async after(count: number, signal?: AbortSignal): Promise<void> {
    if (count > 0 && !signal?.aborted)
      await sleep(this.clock, (count * 1_000) / this.rate, signal).catch(() => undefined);
  }
}
