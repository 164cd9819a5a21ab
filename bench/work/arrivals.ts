import { monotonic } from '../run/monotonic.ts';
import { ACCOUNTS } from './order.ts';

/** A benchmark moved something wrongly: its figures are worth nothing. */
export class CheckError extends Error {
  override readonly name = 'CheckError';
}

/** When nothing arrived for so long, nothing will. */
const PATIENCE_MS = 30_000;

/**
 * Sees every order that arrives, and knows afterwards whether each came once, and those of an account in the order in
 * which they were published. Cheap enough to be part of what is measured, on both sides alike.
 */
export class Arrivals {
  /** Different orders so far. */
  count = 0;
  /** Orders that came behind a later one of their account. */
  outOfOrder = 0;
  private doubled = 0;
  private foreign = 0;
  private readonly seen: Uint8Array;
  private readonly total: number;
  private readonly inOrder: boolean;
  private readonly last: Int32Array;
  private target = Infinity;
  private reached: (() => void) | undefined;

  /**
   * @param total - the orders' numbers lie below it
   * @param inOrder - whether it is a fault when they come otherwise; not so on a side that does not promise it
   * @param accounts - the orders' accounts lie below it
   */
  constructor(total: number, inOrder = true, accounts = ACCOUNTS) {
    this.total = total;
    this.inOrder = inOrder;
    this.seen = new Uint8Array(total);
    this.last = new Int32Array(accounts).fill(-1);
  }

  saw({ account, number }: { readonly account: number; readonly number: number }): void {
    const times = this.seen[number];
    if (times === undefined) this.foreign++;
    else if (times > 0) this.doubled++;
    else {
      this.seen[number] = 1;
      if (number < this.last[account]!) this.outOfOrder++;
      this.last[account] = number;
      if (++this.count === this.target) this.reached?.();
    }
  }

  /**
   * Resolves when `count` different orders have arrived, or when no more come. One caller at a time.
   * @returns when that was, on the monotonic clock
   */
  async until(count: number): Promise<number> {
    if (this.count >= count) return monotonic();
    return new Promise((resolve) => {
      let before = this.count;
      const patience = setInterval(() => {
        if (this.count === before) this.reached!();
        before = this.count;
      }, PATIENCE_MS);
      this.target = count;
      this.reached = () => {
        clearInterval(patience);
        this.reached = undefined;
        resolve(monotonic());
      };
    });
  }

  /** What is wrong, in words; undefined when each order arrived once and in order. */
  get faults(): string | undefined {
    const faults = [
      [this.total - this.count, 'lost'],
      [this.doubled, 'doubled'],
      [this.inOrder ? this.outOfOrder : 0, 'out of order'],
      [this.foreign, 'never published'],
    ].flatMap(([number, word]) => (number === 0 ? [] : [`${number} ${word}`]));
    return faults.length === 0 ? undefined : `of ${this.total} events ${faults.join(', ')}`;
  }

  /** @throws CheckError */
  check(what: string): void {
    refuse(what, this.faults);
  }
}

/** @param faults - as {@link Arrivals.faults}, read when nothing could come any more. @throws CheckError when there are any */
export function refuse(what: string, faults: string | undefined): void {
  if (faults !== undefined) throw new CheckError(`${what}: ${faults}.`);
}
