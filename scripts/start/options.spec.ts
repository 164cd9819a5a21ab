import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseOptions, UsageError } from './options.ts';

const NAMES = ['registration', 'sms', 'email', 'points'];
const parse = (...args: string[]) => parseOptions(args, NAMES);

describe('the options of npm start', () => {
  it('has a default for everything', () => {
    expect(parse()).toEqual({ ports: 3000, data: resolve('.tramline'), only: [], watch: false });
  });

  it('takes every option', () => {
    expect(
      parse('--ports', '4000', '--data', '/srv/bus', '--only', 'sms,email', '--only=points', '--watch'),
    ).toEqual({
      ports: 4000,
      data: resolve('/srv/bus'),
      only: ['sms', 'email', 'points'],
      watch: true,
    });
  });

  it.each([['--help'], ['-h']])('shows the usage on %s', (flag) => {
    expect(parse(flag)).toBe('help');
  });

  it.each([
    [['--ports', '0'], '--ports is "0"'],
    [['--ports', '4e3'], '--ports is "4e3"'],
    [['--ports', '65533'], 'a number from 1 to 65532'],
    [['--ports'], '--ports'],
    [['--only', 'sms,'], '--only ""'],
    [['--only', 'fax'], 'choose from registration, sms, email, points'],
    [['--data', ' '], '--data is empty'],
    [['--loud'], '--loud'],
    [['sms'], 'sms'],
  ])('refuses %j', (args, message) => {
    expect(() => parse(...args)).toThrow(UsageError);
    expect(() => parse(...args)).toThrow(message);
  });
});
