import { describe, expect, it } from 'vitest';
import { parseOptions, UsageError } from './options.ts';

const NAMES = ['embedded-publish', 'embedded-latency', 'kafka-publish'];
const parse = (...args: string[]) => parseOptions(args, NAMES);

describe('the options of npm run bench', () => {
  it('runs everything five times by default', () => {
    const nothing = { json: false, full: false, store: false, gate: false };
    expect(parse()).toEqual({ names: NAMES, rounds: 5, ...nothing });
  });

  it('takes every option', () => {
    expect(parse('embedded-latency', '--json', '--full', '--store', '--rounds', '7')).toEqual({
      names: ['embedded-latency'],
      json: true,
      rounds: 7,
      full: true,
      store: true,
      gate: false,
    });
    expect(parse('--gate')).toMatchObject({ gate: true });
  });

  it('takes the beginnings of names, each benchmark once and in the order of the list', () => {
    expect(parse('kafka', 'embedded-l', 'embedded')).toMatchObject({
      names: ['embedded-publish', 'embedded-latency', 'kafka-publish'],
    });
  });

  it.each([['--help'], ['-h']])('shows the usage on %s', (flag) => {
    expect(parse(flag)).toBe('help');
  });

  it.each([
    [['publish'], 'choose from embedded-publish, embedded-latency, kafka-publish'],
    [['--rounds', '0'], '--rounds is "0"'],
    [['--rounds', '1.5'], 'a whole number from 1'],
    [['--rounds', '1001'], '--rounds is "1001"'],
    [['--rounds'], '--rounds'],
    [['--fast'], '--fast'],
    [['--gate', 'kafka'], 'no names'],
    [['--gate', '--store'], '--store'],
    [['--gate', '--rounds', '5'], '--rounds'],
  ])('refuses %j', (args, message) => {
    expect(() => parse(...args)).toThrow(UsageError);
    expect(() => parse(...args)).toThrow(message);
  });
});
