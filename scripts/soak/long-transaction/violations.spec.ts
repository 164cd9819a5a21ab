import { expect, it } from 'vitest';
import { violations } from './violations.ts';

const stretch = (entries: number) => ({
  ...{ rows: 1_000, p50: 20, p99: 50, max: 60, backlog: 10 },
  ...{ flights: 100, entries, arrivedBefore: 9_000 },
});

it('finds nothing where everything arrived and pages are small, though rows were counted', () => {
  // Four counts of all that ever arrived.
  const during = [stretch(900_000), stretch(5_000), stretch(4 * 9_000), stretch(5_000)];
  expect(violations(10_000, 10_000, during)).toEqual([]);
});

it('sees a relay that waited for the other transaction, and one that reads from the beginning', () => {
  expect(violations(10_000, 0, [stretch(5_000)])).toEqual([
    '10000 of 10000 events did not arrive while the other transaction was open',
  ]);
  expect(violations(10_000, 10_000, [stretch(5_000), stretch(100 * 9_000)])).toEqual([
    '9000 index entries were touched for each page, where 9000 rows had arrived before',
  ]);
});
