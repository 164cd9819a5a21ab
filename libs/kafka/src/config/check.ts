import { ConfigurationError, parseDuration } from '@tramline/core';
import { brokerAddress } from './address.js';
import { checkSasl } from './check-sasl.js';
import type { ClientOptions, KafkaOptions } from './options.js';
import type { KafkaSettings } from './settings.js';

const KNOWN: ReadonlySet<string> = new Set([
  'brokers',
  'clientId',
  'ssl',
  'sasl',
  'connectionTimeout',
  'requestTimeout',
  'retry',
  'compression',
  'partitions',
  'replication',
  'client',
] satisfies (keyof KafkaOptions)[]);

const CLIENT: ReadonlySet<string> = new Set([
  'socketFactory',
  'reauthenticationThreshold',
] satisfies (keyof ClientOptions)[]);

/** Options that users of kafkajs know, and why Tramline does not take them. */
const TAKEN: Readonly<Record<string, string>> = {
  acks: 'every event is acknowledged by all replicas in sync, which durability rests on',
  allowAutoTopicCreation: 'topics are made by `topology`; a topic made by accident has the wrong settings',
  autoCommit: 'offsets are committed when events are done',
  enforceRequestTimeout: 'a stalled network would never be noticed; set requestTimeout',
  groupId: 'groups are named by handlers and the service',
  idempotent: 'it is always on',
  logCreator: 'give the bus a log',
  logLevel: 'give the bus a log',
  maxInFlightRequests: 'batches of one partition would overtake each other',
  partitionAssigners: 'members of one group must assign alike',
  sessionTimeout: 'set consumer.sessionTimeout of the bus',
  transactionalId: 'Tramline does not use transactions',
};

const COMPRESSIONS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

/** @throws ConfigurationError with all faults at once; it never shows a secret */
export function checkOptions(options: KafkaOptions): KafkaSettings {
  const faults: string[] = [];
  const expect = (holds: boolean, fault: string) => void (holds || faults.push(`kafka(): ${fault}`));
  const duration = (name: string, value: unknown, fallback: number, least: number): number => {
    if (value === undefined) return fallback;
    const ms = parseDuration(value);
    expect(
      ms !== undefined && ms >= least,
      `${name} is ${show(value)}. Give a duration from ${least}ms, such as "5s".`,
    );
    return ms ?? fallback;
  };

  const { client = {}, retry = {}, compression = 'none', partitions = 6, replication, ssl } = options;
  refuseUnknown(options, KNOWN, '', expect);
  if (isObject(client)) refuseUnknown(client, CLIENT, 'client.', expect);
  else expect(false, `client is ${show(client)}. Give an object.`);
  const listed = typeof options.brokers === 'string' ? options.brokers.split(',') : options.brokers;
  const texts = Array.isArray(listed) ? (listed as unknown[]) : [];
  expect(
    texts.some((text) => text !== ''),
    `brokers is ${show(options.brokers)}. Name at least one broker, such as "127.0.0.1:9092".`,
  );
  const brokers = texts.flatMap((text) => {
    if (text === '') return [];
    const address = typeof text === 'string' ? brokerAddress(text.trim()) : undefined;
    expect(
      address !== undefined,
      `the broker ${show(text)} is no address. Write host:port, such as "kafka-1:9092".`,
    );
    return address ?? [];
  });
  expect(
    options.clientId === undefined || (typeof options.clientId === 'string' && options.clientId !== ''),
    `clientId is ${show(options.clientId)}. Give a name, or leave it out for the service's.`,
  );
  expect(
    ssl === undefined || typeof ssl === 'boolean' || isObject(ssl),
    `ssl is a ${typeof ssl}. Give true, or an object with ca, cert and key.`,
  );
  const sasl = checkSasl(options.sasl, expect);
  expect(
    COMPRESSIONS.includes(compression),
    `compression is ${show(compression)}. Give one of ${COMPRESSIONS.join(', ')}.`,
  );
  expect(
    isWhole(partitions, 10_000),
    `partitions is ${show(partitions)}. Give a whole number from 1 to 10000.`,
  );
  expect(
    replication === undefined || isWhole(replication, 100),
    `replication is ${show(replication)}. Give a whole number from 1, at most the number of brokers.`,
  );
  const settings: KafkaSettings = {
    brokers,
    clientId: options.clientId,
    ssl: ssl === true ? {} : ssl || undefined,
    sasl,
    connectionTimeoutMs: duration('connectionTimeout', options.connectionTimeout, 3_000, 100),
    requestTimeoutMs: duration('requestTimeout', options.requestTimeout, 10_000, 1_000),
    retry: {
      initialMs: duration('retry.initial', retry.initial, 100, 10),
      maxMs: duration('retry.max', retry.max, 2_000, 10),
    },
    compression,
    partitions,
    replication,
    socketFactory: client.socketFactory,
    reauthenticationThresholdMs: duration(
      'client.reauthenticationThreshold',
      client.reauthenticationThreshold,
      10_000,
      0,
    ),
  };
  if (faults.length > 0) throw new ConfigurationError(faults);
  return settings;
}

type Expect = (holds: boolean, fault: string) => void;

function refuseUnknown(given: object, known: ReadonlySet<string>, prefix: string, expect: Expect): void {
  for (const name of Object.keys(given)) {
    if (known.has(name)) continue;
    const reason = TAKEN[name];
    expect(
      false,
      reason
        ? `${prefix}${name} cannot be set: ${reason}.`
        : `unknown option "${prefix}${name}". Known are ${[...known].map((one) => prefix + one).join(', ')}.`,
    );
  }
}

function isWhole(value: unknown, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : String(value);
}
