import type { Stretch } from './long-transaction.ts';

/**
 * What must not be, told by what was counted and not by what was timed.
 *
 * A relay that waits until every older transaction has ended relays nothing while one is open: the first rule. One that reads
 * from the beginning touches, with each page, an entry for every row that it ever relayed, since the server cannot remove
 * them: the second. (Health counts rows now and then, which does touch them all; pages are many times as many.)
 * @returns a sentence each
 */
export function violations(written: number, arrivedDuring: number, during: readonly Stretch[]): string[] {
  const found: string[] = [];
  if (arrivedDuring < written)
    found.push(
      `${written - arrivedDuring} of ${written} events did not arrive while the other transaction was open`,
    );
  const half = during.slice(during.length / 2);
  const perFlight = sum(half, 'entries') / Math.max(1, sum(half, 'flights'));
  const before = sum(half, 'arrivedBefore') / Math.max(1, half.length);
  if (perFlight * 2 > before)
    found.push(
      `${Math.round(perFlight)} index entries were touched for each page, where ${Math.round(before)} rows had arrived before`,
    );
  return found;
}

function sum(list: readonly Stretch[], figure: 'entries' | 'flights' | 'arrivedBefore'): number {
  return list.reduce((total, stretch) => total + stretch[figure], 0);
}
