import { expect, it } from 'vitest';
import { median, percentile } from './statistics.ts';

it('finds the median whatever the order, and leaves the values as they are', () => {
  const values = [10, 9, 100];
  expect(median(values)).toBe(10);
  expect(values).toEqual([10, 9, 100]);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([7])).toBe(7);
});

it('interpolates percentiles between neighbours', () => {
  const values = Array.from({ length: 101 }, (_, index) => index);
  expect(percentile(values, 99)).toBe(99);
  expect(percentile([0, 10], 25)).toBe(2.5);
  expect(percentile([0, 10], 100)).toBe(10);
});

it('refuses to speak of nothing', () => {
  expect(() => median([])).toThrow(RangeError);
});
