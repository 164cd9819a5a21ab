import { ConfigurationError } from '@tramline/core';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkOptions } from './check.js';
import { optionsFromEnv } from './from-env.js';
import type { KafkaOptions } from './options.js';

function faults(options: object): readonly string[] {
  try {
    checkOptions(options as KafkaOptions);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
  return [];
}

describe('options', () => {
  it('need a broker, and have defaults for the rest', () => {
    expect(checkOptions({ brokers: 'a:9092, [::1]:9093,' }).brokers).toEqual([
      { host: 'a', port: 9092 },
      { host: '::1', port: 9093 },
    ]);
    expect(checkOptions({ brokers: ['a:1'] })).toMatchObject({
      compression: 'none',
      partitions: 6,
      requestTimeoutMs: 10_000,
    });
  });

  it('are refused all at once, each with its fix', () => {
    expect(
      faults({
        brokers: ['kafka', 'http://kafka:9092', 'kafka:99999'],
        requestTimeout: 'soon',
        compression: 'zip',
        partitions: 0,
        broker: 'x',
        sasl: { mechanism: 'PLAIN', username: '', password: '' },
      }),
    ).toEqual([
      expect.stringContaining('unknown option "broker". Known are brokers'),
      expect.stringContaining('the broker "kafka" is no address. Write host:port'),
      expect.stringContaining('"http://kafka:9092"'),
      expect.stringContaining('"kafka:99999"'),
      expect.stringContaining('sasl.mechanism is none of plain'),
      expect.stringContaining('sasl.username is missing'),
      expect.stringContaining('sasl.password is missing'),
      expect.stringContaining('compression is "zip"'),
      expect.stringContaining('partitions is 0'),
      expect.stringContaining('requestTimeout is "soon"'),
    ]);
    expect(faults({ brokers: '' })).toEqual([expect.stringContaining('Name at least one broker')]);
    expect(faults({})).toEqual([expect.stringContaining('Name at least one broker')]);
  });

  it('that would break a guarantee are refused by name, with the reason', () => {
    expect(
      faults({ brokers: 'a:1', acks: 1, client: { idempotent: false, maxInFlightRequests: 5 } }),
    ).toEqual([
      expect.stringContaining('acks cannot be set: every event is acknowledged by all replicas'),
      expect.stringContaining('client.idempotent cannot be set: it is always on'),
      expect.stringContaining('client.maxInFlightRequests cannot be set'),
    ]);
  });

  it('show no secret, whatever is wrong with them', () => {
    const secret = 'correct horse';
    const found = faults({
      brokers: '',
      sasl: { mechanism: secret, username: 1, password: secret },
      ssl: secret,
    });
    expect(found.length).toBeGreaterThan(2);
    expect(found.join()).not.toContain(secret);
  });
});

describe('variables', () => {
  it('give the same options', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tramline-env-'));
    try {
      const ca = join(folder, 'ca.pem');
      writeFileSync(ca, 'certificate');
      const env = {
        KAFKA_BROKERS: 'a:1,b:2',
        KAFKA_SSL_CA_FILE: ca,
        KAFKA_SASL_MECHANISM: 'SCRAM-SHA-256',
        KAFKA_SASL_USERNAME: 'ann',
        KAFKA_SASL_PASSWORD: 'secret',
        KAFKA_REQUEST_TIMEOUT: '7s',
      };
      expect(optionsFromEnv(env, { requestTimeout: '8s' })).toEqual({
        brokers: 'a:1,b:2',
        ssl: { ca: Buffer.from('certificate') },
        sasl: { mechanism: 'scram-sha-256', username: 'ann', password: 'secret' },
        requestTimeout: '8s',
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('that cannot be are refused with their name', () => {
    expect(() => optionsFromEnv({ KAFKA_BROKERS: 'a:1', KAFKA_SSL: 'yes' })).toThrow(/KAFKA_SSL is neither/);
    expect(() => optionsFromEnv({ KAFKA_BROKERS: 'a:1', KAFKA_SSL_CA_FILE: '/no/such/file' })).toThrow(
      /KAFKA_SSL_CA_FILE cannot be read/,
    );
  });
});
