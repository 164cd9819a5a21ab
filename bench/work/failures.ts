import type { Consumed } from './consuming.ts';
import { ACCOUNTS } from './order.ts';

/** How long who failed waits for the next attempt, on both sides. */
export const DELAY_MS = 200;
/** How often each of them fails before it succeeds. */
export const TIMES = 2;

/** Makes one order in a hundred fail twice, of all accounts alike, and knows afterwards whether each did just that. */
export class Failures {
  private readonly failed = new Map<number, number>();

  /** The beginning of a handler. @throws Error when this attempt has to fail */
  attempt(number: number): void {
    if (Math.floor(number / ACCOUNTS) % ACCOUNTS !== number % ACCOUNTS) return;
    const before = this.failed.get(number) ?? 0;
    if (before === TIMES) return;
    this.failed.set(number, before + 1);
    throw new Error('The first two attempts fail.');
  }

  /** What was consumed, with the faults of attempts among its own. */
  in(consumed: Consumed, total: number): Consumed {
    const expected = (total / ACCOUNTS) * TIMES;
    const found = [...this.failed.values()].reduce((sum, times) => sum + times, 0);
    if (found === expected) return consumed;
    const fault = `${found} failed attempts instead of ${expected}`;
    return { ...consumed, faults: [consumed.faults, fault].filter(Boolean).join(', ') };
  }
}
