import { describe, expect, it } from 'vitest';
import { Naming } from '../naming.js';
import type { RecordHeaders, StoredRecord } from '../transport/records.js';
import type { Envelope } from './envelope.js';
import { bytesOf } from './text.js';
import { toEnvelope } from './to-envelope.js';
import { toRecord } from './to-record.js';

const naming = new Naming('prod');

function stored(record: Partial<StoredRecord>): StoredRecord {
  return {
    topic: 'prod.users',
    partition: 3,
    offset: 42,
    timestamp: 1_000,
    key: null,
    value: null,
    headers: [],
    ...record,
  };
}

function headers(entries: Record<string, string>): RecordHeaders {
  return Object.entries(entries).map(([name, text]) => [name, bytesOf(text)] as const);
}

const full: Envelope = {
  id: 'e1',
  type: 'user.registered',
  source: 'registration',
  time: new Date('2026-11-20T10:11:12.123Z'),
  key: 'schlüssel 🔑',
  subject: 'a subject',
  correlationId: 'c1',
  causationId: 'c2',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'a=b',
  contentType: 'application/json',
  headers: { tenant: 'ümläut', empty: '' },
};

describe('an envelope', () => {
  it('is CloudEvents binary mode on the wire', () => {
    const record = toRecord(full, bytesOf('{}'));
    expect(
      Object.fromEntries(record.headers.map(([name, value]) => [name, Buffer.from(value!).toString()])),
    ).toEqual({
      ce_specversion: '1.0',
      ce_id: 'e1',
      ce_type: 'user.registered',
      ce_source: 'registration',
      ce_time: '2026-11-20T10:11:12.123Z',
      ce_subject: 'a subject',
      ce_partitionkey: 'schlüssel 🔑',
      ce_correlationid: 'c1',
      ce_causationid: 'c2',
      'content-type': 'application/json',
      traceparent: full.traceparent,
      tracestate: 'a=b',
      tenant: 'ümläut',
      empty: '',
    });
    expect(Buffer.from(record.value!).toString()).toBe('{}');
  });

  it.each([
    ['with everything', full],
    [
      'with the least',
      {
        ...full,
        key: null,
        subject: undefined,
        correlationId: undefined,
        causationId: undefined,
        traceparent: undefined,
        tracestate: undefined,
        headers: {},
      },
    ],
  ])('comes back as it went, %s', (_, envelope) => {
    const read = toEnvelope(stored(toRecord(envelope, bytesOf('{}'))), naming);
    expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse(JSON.stringify(envelope)));
    expect(read.time).toEqual(envelope.time);
  });
});

describe('a record of a foreign producer', () => {
  it('is an event by its place in the log', () => {
    expect(toEnvelope(stored({ key: bytesOf('k') }), naming)).toMatchObject({
      id: 'prod.users-3-42',
      type: 'users',
      source: 'prod.users',
      time: new Date(1_000),
      key: 'k',
      correlationId: undefined,
      headers: {},
    });
  });

  it('stays the same event when it is copied to a tier', () => {
    const origin = {
      'tramline-origin-topic': 'prod.users',
      'tramline-origin-partition': '3',
      'tramline-origin-offset': '42',
      'tramline-origin-timestamp': '1000',
    };
    const copy = stored({
      topic: 'prod.sms.retry.10s',
      partition: 0,
      offset: 7,
      timestamp: 9_000,
      headers: headers(origin),
    });
    expect(toEnvelope(copy, naming)).toMatchObject({
      id: 'prod.users-3-42',
      type: 'users',
      time: new Date(1_000),
      headers: {},
    });
  });

  it('may carry headers that are half, double, null, empty or no text', () => {
    const envelope = toEnvelope(
      stored({
        key: Uint8Array.of(0xff, 0xfe),
        headers: [
          ['ce_time', bytesOf('yesterday')],
          ['ce_id', bytesOf('')],
          ['ce_type', null],
          ['twice', bytesOf('one')],
          ['twice', bytesOf('two')],
          ['twice', null],
          ['bytes', Uint8Array.of(0x61, 0xff)],
          ['__proto__', bytesOf('x')],
          ['tramline-origin-topic', bytesOf('elsewhere')],
        ],
      }),
      naming,
    );
    expect(envelope).toMatchObject({
      id: 'prod.users-3-42',
      type: 'users',
      time: new Date(1_000),
      key: null,
    });
    expect(envelope.headers).toEqual({ twice: 'two', bytes: 'a\uFFFD' });
  });
});
