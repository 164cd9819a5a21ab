import type { OutgoingRecord } from '@tramline/core';
import { expect, it } from 'vitest';
import { headerBytes, readHeaders, writeHeaders } from './headers.js';
import { packedBytes, packRecords, unpackRecords } from './outgoing.js';
import { unpackStored } from './stored.js';

const text = (value: string) => new TextEncoder().encode(value);

const records: OutgoingRecord[] = [
  { key: null, value: null, headers: [] },
  { key: text(''), value: text(''), headers: [['', text('')]] },
  {
    key: text('k'),
    value: text('{"é":1}'),
    headers: [
      ['ключ', text('1')],
      ['ключ', null],
    ],
    timestamp: 1_780_000_000_000,
  },
  { key: null, value: Uint8Array.of(0, 255, 0), headers: [['h', text('x')]], timestamp: 0 },
];

it('packs records and unpacks them as they were, with the time of now where they had none', () => {
  const bytes = packedBytes(records);
  const packed = Buffer.from(packRecords([records.slice(0, 1), records.slice(1)], bytes));
  const unpacked: OutgoingRecord[] = [];
  const end = unpackRecords(packed, 0, records.length, 42, (timestamp, key, headers, value) => {
    const copied = Buffer.from(headers);
    unpacked.push({ key, value, headers: readHeaders(copied, 0, copied.length), timestamp });
  });
  expect(end).toBe(bytes);
  const plain = (record: OutgoingRecord) => ({
    ...record,
    key: record.key && [...record.key],
    value: record.value && [...record.value],
    headers: record.headers.map(([name, value]) => [name, value && [...value]]),
  });
  expect(unpacked.map(plain)).toEqual(records.map((record) => plain({ timestamp: 42, ...record })));
});

it('rounds timestamps to whole milliseconds, which is what the log keeps', () => {
  const odd = [{ key: null, value: null, headers: [], timestamp: 12.6 }];
  const seen: number[] = [];
  unpackRecords(Buffer.from(packRecords([odd], packedBytes(odd))), 0, 1, 0, (timestamp) =>
    seen.push(timestamp),
  );
  expect(seen).toEqual([13]);
});

it('measures headers exactly as it writes them', () => {
  for (const { headers } of records) {
    const into = Buffer.alloc(1_000);
    expect(writeHeaders(into, 0, headers)).toBe(headerBytes(headers));
  }
});

it('cuts a stored batch into records', () => {
  const batch = {
    layout: Float64Array.of(7, 100, -1, 0, 2, 9, 101, 1, 0, -1),
    keys: text('k').buffer,
    headers: new ArrayBuffer(0),
    values: text('ab').buffer,
    nextOffset: 10,
  };
  expect(unpackStored(batch, { topic: 't', partition: 3 })).toEqual([
    { topic: 't', partition: 3, offset: 7, timestamp: 100, key: null, value: text('ab'), headers: [] },
    { topic: 't', partition: 3, offset: 9, timestamp: 101, key: text('k'), value: null, headers: [] },
  ]);
});
