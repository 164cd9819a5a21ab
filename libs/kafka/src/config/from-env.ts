import { ConfigurationError } from '@tramline/core';
import { readFileSync } from 'node:fs';
import type { Compression, KafkaOptions, SaslOptions, TlsOptions } from './options.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Options from `KAFKA_*` variables; what `more` says wins.
 *
 * `KAFKA_BROKERS` (comma-separated), `KAFKA_CLIENT_ID`, `KAFKA_SSL` (`true`), `KAFKA_SSL_CA_FILE`, `KAFKA_SSL_CERT_FILE`,
 * `KAFKA_SSL_KEY_FILE` (paths; each switches TLS on), `KAFKA_SSL_KEY_PASSPHRASE`, `KAFKA_SASL_MECHANISM`,
 * `KAFKA_SASL_USERNAME`, `KAFKA_SASL_PASSWORD`, `KAFKA_CONNECTION_TIMEOUT`, `KAFKA_REQUEST_TIMEOUT`, `KAFKA_COMPRESSION`.
 * @throws ConfigurationError when a file cannot be read, or KAFKA_SSL is neither true nor false
 */
export function optionsFromEnv(env: Environment, more: Partial<KafkaOptions> = {}): KafkaOptions {
  const faults: string[] = [];
  const ssl = sslFrom(env, faults);
  const sasl = saslFrom(env);
  if (faults.length > 0) throw new ConfigurationError(faults);
  const found = {
    brokers: env['KAFKA_BROKERS'] ?? '',
    clientId: env['KAFKA_CLIENT_ID'],
    ssl,
    sasl,
    connectionTimeout: env['KAFKA_CONNECTION_TIMEOUT'] as KafkaOptions['connectionTimeout'],
    requestTimeout: env['KAFKA_REQUEST_TIMEOUT'] as KafkaOptions['requestTimeout'],
    compression: env['KAFKA_COMPRESSION'] as Compression | undefined,
  };
  const given = Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
  return { brokers: found.brokers, ...given, ...more };
}

function sslFrom(env: Environment, faults: string[]): boolean | TlsOptions | undefined {
  const flag = env['KAFKA_SSL'];
  if (flag !== undefined && !['true', 'false'].includes(flag))
    faults.push('KAFKA_SSL is neither "true" nor "false".');
  if (flag === 'false') return undefined;
  const file = (name: string): Buffer | undefined => {
    const path = env[name];
    if (!path) return undefined;
    try {
      return readFileSync(path);
    } catch (error) {
      faults.push(`${name} cannot be read: ${(error as Error).message}`);
      return undefined;
    }
  };
  const files = {
    ca: file('KAFKA_SSL_CA_FILE'),
    cert: file('KAFKA_SSL_CERT_FILE'),
    key: file('KAFKA_SSL_KEY_FILE'),
  };
  const tls = Object.fromEntries(
    Object.entries({ ...files, passphrase: env['KAFKA_SSL_KEY_PASSPHRASE'] }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  return Object.keys(tls).length > 0 ? tls : flag === 'true' || undefined;
}

/** Half of the credentials is passed on as it is: the check of the options names what is missing. */
function saslFrom(env: Environment): SaslOptions | undefined {
  const [mechanism, username, password] = ['MECHANISM', 'USERNAME', 'PASSWORD'].map(
    (name) => env[`KAFKA_SASL_${name}`],
  );
  if (mechanism === undefined && username === undefined && password === undefined) return undefined;
  return { mechanism: mechanism?.toLowerCase() ?? 'plain', username, password } as SaslOptions;
}
