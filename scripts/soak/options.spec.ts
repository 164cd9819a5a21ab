import { expect, it } from 'vitest';
import { DEFAULTS, parseOptions, UsageError } from './options.ts';

it('is as the issue asks for unless it is told otherwise', () => {
  expect(parseOptions([])).toEqual(DEFAULTS);
  expect(DEFAULTS).toMatchObject({ registrations: 10_000, writers: 32, awayMs: 60_000 });
  expect(
    parseOptions([
      '--database',
      'postgres',
      '--transport',
      'kafka',
      '--registrations',
      '7',
      '--kill-every',
      '1s',
    ]),
  ).toEqual({ ...DEFAULTS, database: 'postgres', transport: 'kafka', registrations: 7, killEveryMs: 1_000 });
});

it('goes on writing while the broker is away, and afterwards', () => {
  expect(parseOptions(['--faults', 'broker,database', '--away', '10s'])).toMatchObject({
    faults: ['broker', 'database'],
    awayMs: 10_000,
    spreadMs: 80_000,
  });
  expect(parseOptions(['--faults', 'broker', '--spread', '5s'])).toMatchObject({ spreadMs: 5_000 });
});

it('does the other thing when a transaction is to stay open', () => {
  expect(parseOptions(['--long-transaction', '10m'])).toEqual({ longTransactionMs: 600_000, rate: 5_000 });
});

it.each([
  [['--database', 'mysql'], '--database is "mysql": give sqlite or postgres'],
  [['--faults', 'disk'], '--faults is "disk": give broker or database'],
  [['--writers', '0'], '--writers is "0": give a whole number from 1'],
  [['--long-transaction', 'long'], '--long-transaction is "long": give a duration such as 30s or 10m'],
  [['--nothing'], "Unknown option '--nothing'"],
])('says what is wrong with %s', (args, message) => {
  expect(() => parseOptions(args)).toThrow(UsageError);
  expect(() => parseOptions(args)).toThrow(message);
});
