import { expect, it } from 'vitest';
import { partitionNames } from './records.js';

const partitions = (count: number) =>
  Array.from({ length: count }, (_, partition) => ({ topic: 't', partition }));

it.each([
  [1, 't/0'],
  [3, 't/0, t/1, t/2'],
  [4, 't/0, t/1, t/2 and 1 other'],
  [42, 't/0, t/1, t/2 and 39 others'],
])('names the first three of %i partitions', (count, said) => {
  expect(partitionNames(partitions(count))).toBe(said);
});
