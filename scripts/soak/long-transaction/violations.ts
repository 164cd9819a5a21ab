import type { Stretch } from './long-transaction.ts';

/** A sound relay touches a few for each row, however long the other transaction is open. */
const MOST_ENTRIES_PER_ROW = 100;

/**
 * What must not be, told by what was counted and not by what was timed.
 *
 * A relay that waits until every older transaction has ended relays nothing while one is open: the first rule. One that reads
 * from the beginning touches, with each of its reads, an entry for each row that it ever relayed, since the server cannot
 * remove them: the second.
 * @returns a sentence each
 */
export function violations(written: number, arrivedDuring: number, during: readonly Stretch[]): string[] {
  const found: string[] = [];
  if (arrivedDuring < written)
    found.push(
      `${written - arrivedDuring} of ${written} events did not arrive while the other transaction was open`,
    );
  const { entriesPerRow = 0, arrivedBefore = 0 } = during.at(-1) ?? {};
  if (entriesPerRow > MOST_ENTRIES_PER_ROW)
    found.push(
      `${entriesPerRow} index entries were touched for each row after ${arrivedBefore} rows, instead of ${MOST_ENTRIES_PER_ROW} at most`,
    );
  return found;
}
