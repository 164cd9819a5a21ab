/** The most tiers that one delay may pass through. */
export const MAX_HOPS = 24;

/**
 * A group's retry tiers. A delay is waited by hops through them, each hop the tier's full delay, so that a tier stays a
 * first-in-first-out queue: everything in it waits equally long.
 */
export class Ladder {
  /** Milliseconds, ascending, at least one. */
  constructor(readonly tiers: readonly number[]) {}

  /** The tier to go to next when `delayMs` are left: the largest that is not longer, else the smallest. */
  next(delayMs: number): number {
    return this.tiers.findLast((tier) => tier <= delayMs) ?? this.tiers[0]!;
  }

  /** What is really waited for a delay: it is rounded up to the smallest tier at its end. */
  total(delayMs: number): number {
    let total = 0;
    while (total < delayMs) total += this.next(delayMs - total);
    return total;
  }

  /** How many tiers a delay passes through. */
  hops(delayMs: number): number {
    let hops = 0;
    for (let left = delayMs; left > 0 && hops <= MAX_HOPS; left -= this.next(left)) hops++;
    return hops;
  }
}
