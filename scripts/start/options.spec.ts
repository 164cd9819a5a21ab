import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseOptions, UsageError } from './options.ts';

const NAMES = ['registration', 'sms', 'email', 'points'];
const parse = (...args: string[]) => parseOptions(args, NAMES);

describe('the options of npm start', () => {
  it('has a default for everything', () => {
    expect(parse()).toEqual({
      ports: 3000,
      data: resolve('.tramline'),
      only: [],
      watch: false,
      transport: { name: 'embedded' },
    });
  });

  it('takes every option', () => {
    expect(
      parse('--ports', '4000', '--data', '/srv/bus', '--only', 'sms,email', '--only=points', '--watch'),
    ).toEqual({
      ports: 4000,
      data: resolve('/srv/bus'),
      only: ['sms', 'email', 'points'],
      watch: true,
      transport: { name: 'embedded' },
    });
  });

  it('takes Kafka where it is told, where KAFKA_BROKERS says, or on this machine', () => {
    const env = { KAFKA_BROKERS: 'kafka-1:9093' };
    const kafka = (...args: string[]) => {
      const options = parseOptions(['--transport', 'kafka', ...args], NAMES, env);
      return options === 'help' ? options : options.transport;
    };
    expect(kafka()).toEqual({ name: 'kafka', brokers: 'kafka-1:9093' });
    expect(kafka('--brokers', 'a:1,[::1]:2')).toEqual({ name: 'kafka', brokers: 'a:1,[::1]:2' });
    expect(kafka('--with-broker')).toEqual({ name: 'kafka', brokers: 'own' });
    expect(parse('--transport=kafka')).toMatchObject({
      transport: { name: 'kafka', brokers: '127.0.0.1:9092' },
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
    [['--transport', 'amqp'], 'choose from embedded, kafka'],
    [['--brokers', 'a:1'], '--brokers is for Kafka: add --transport kafka'],
    [['--with-broker'], '--with-broker is for Kafka: add --transport kafka'],
    [['--transport=kafka', '--with-broker', '--brokers=a:1'], 'give one of them'],
    [['--transport=kafka', '--brokers=kafka'], '--brokers has "kafka": give host:port'],
    [['--transport=kafka', '--brokers=a:1,'], '--brokers has "": give host:port'],
    [['--transport=kafka', '--brokers=a:99999'], '--brokers has "a:99999"'],
    [['--loud'], '--loud'],
    [['sms'], 'sms'],
  ])('refuses %j', (args, message) => {
    expect(() => parse(...args)).toThrow(UsageError);
    expect(() => parse(...args)).toThrow(message);
  });
});
