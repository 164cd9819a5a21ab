import { expect, it } from 'vitest';
import { parseOptions, UsageError } from './options.ts';

it('takes seeds, a first one, or one alone', () => {
  expect(parseOptions([], 2)).toEqual({
    simulation: 'runtime',
    from: 1,
    seeds: 1_000,
    single: false,
    workers: 2,
    planted: false,
  });
  expect(parseOptions(['--seeds', '100000', '--from', '7', '--workers', '1'], 2)).toEqual({
    simulation: 'runtime',
    from: 7,
    seeds: 100_000,
    single: false,
    workers: 1,
    planted: false,
  });
  expect(parseOptions(['--outbox', '--seed', '42'], 8)).toEqual({
    simulation: 'outbox',
    from: 42,
    seeds: 1,
    single: true,
    workers: 8,
    planted: false,
  });
  expect(parseOptions(['--help'], 2)).toBe('help');
});

it.each([
  ['--seeds', '0'],
  ['--seeds', 'many'],
  ['--from', '-1'],
  ['--seed', '1', '--seeds', '2'],
  ['--sed', '1'],
  ['5'],
])('refuses %s %s', (...args) => {
  expect(() => parseOptions(args, 2)).toThrow(UsageError);
});
