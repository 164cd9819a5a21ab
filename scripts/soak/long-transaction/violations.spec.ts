import { expect, it } from 'vitest';
import { violations } from './violations.ts';

const stretch = (entriesPerRow: number) => ({
  ...{ rows: 1_000, p50: 20, p99: 50, max: 60, backlog: 10 },
  ...{ entriesPerRow, arrivedBefore: 9_000 },
});

it('finds nothing where everything arrived and reads are small', () => {
  expect(violations(10_000, 10_000, [stretch(400), stretch(9)])).toEqual([]);
});

it('sees a relay that waited for the other transaction, and one that reads from the beginning', () => {
  expect(violations(10_000, 0, [stretch(9)])).toEqual([
    '10000 of 10000 events did not arrive while the other transaction was open',
  ]);
  expect(violations(10_000, 10_000, [stretch(9), stretch(101)])).toEqual([
    '101 index entries were touched for each row after 9000 rows, instead of 100 at most',
  ]);
});
