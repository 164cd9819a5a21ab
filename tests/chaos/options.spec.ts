import { expect, it } from 'vitest';
import { parseOptions, UsageError } from './options.ts';

it('lasts ten minutes, finds its rate and draws its seed unless it is told otherwise', () => {
  expect(parseOptions([], 7)).toEqual({ minutes: 10, seed: 7, rate: undefined });
  expect(parseOptions(['--minutes', '3', '--seed', '42', '--rate', '50'], 7)).toEqual({
    minutes: 3,
    seed: 42,
    rate: 50,
  });
  expect(parseOptions(['-h'], 7)).toBe('help');
});

it.each([
  [['--minutes', '0'], '--minutes is "0": give a whole number from 1 to 600'],
  [['--seed', 'x'], '--seed is "x": give a whole number from 1 to 4294967295'],
  [['--rate', '-1'], 'rate'],
  [['--nothing'], "Unknown option '--nothing'"],
])('says what is wrong with %s', (args, message) => {
  expect(() => parseOptions(args, 7)).toThrow(UsageError);
  expect(() => parseOptions(args, 7)).toThrow(message);
});
