import type { OutgoingRecord, StoredRecord } from '@tramline/core';
import { describe, expect, it } from 'vitest';
import { crc32c } from './crc32c.js';
import { CorruptBatchError, decodeRecords, storedBatches } from './record-decoder.js';
import { encodeBatch, encodeRecords } from './record-encoder.js';

const NOBODY = { producerId: -1, producerEpoch: -1, first: -1 };
const target = { topic: 't', partition: 0 };
const record = (over: Partial<OutgoingRecord> = {}): OutgoingRecord => ({
  key: null,
  value: null,
  headers: [],
  ...over,
});

function batchOf(...records: OutgoingRecord[]): Buffer {
  return encodeBatch(encodeRecords(records, 1_000), NOBODY);
}

function decode(data: Buffer, from = 0): StoredRecord[] {
  const records: StoredRecord[] = [];
  for (const batch of storedBatches(data)) decodeRecords(batch, batch.bytes, target, from, records);
  return records;
}

/** The batch as a broker would store it: at an offset. */
function at(offset: number, batch: Buffer): Buffer {
  const stored = Buffer.from(batch);
  stored.writeBigInt64BE(BigInt(offset));
  return stored;
}

describe('crc32c', () => {
  it('is that of the standard', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
    expect(crc32c(Buffer.alloc(0))).toBe(0);
  });
});

describe('a batch', () => {
  it('keeps keys, values, headers and timestamps as they are', () => {
    const all = Uint8Array.from({ length: 256 }, (_, value) => value);
    const headers = [
      ['b', Buffer.from('1')],
      ['__proto__', null],
      ['b', Buffer.alloc(0)],
      ['ключ', all],
    ] as const;
    const records = [
      record({ key: all, value: all, headers, timestamp: 5 }),
      record({ key: Buffer.alloc(0), value: Buffer.alloc(0) }),
      record({ timestamp: 2 ** 45 }),
    ];
    const [first, second, third] = decode(batchOf(...records));
    expect(first).toMatchObject({ offset: 0, timestamp: 5, key: Buffer.from(all), value: Buffer.from(all) });
    expect(first!.headers.map(([name, value]) => [name, value && [...value]])).toEqual(
      headers.map(([name, value]) => [name, value && [...value]]),
    );
    expect(second).toMatchObject({
      offset: 1,
      timestamp: 1_000,
      key: Buffer.alloc(0),
      value: Buffer.alloc(0),
    });
    expect(third).toMatchObject({ offset: 2, timestamp: 2 ** 45, key: null, value: null });
  });

  it('keeps headers that records have in common, wherever they begin to differ', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => [name, Buffer.from(name.repeat(40))] as const);
    const d = ['ключ', null] as const;
    const lists = [[a!, b!, c!], [a!, b!, d], [a!, b!, d, c!], [], [a!], [a!, b!, d, c!], [b!, a!]];
    const decoded = decode(batchOf(...lists.map((headers) => record({ headers }))));
    expect(
      decoded.map(({ headers }) => headers.map(([name, value]) => [name, value && Buffer.from(value)])),
    ).toEqual(lists.map((headers) => headers.map(([name, value]) => [name, value])));
  });

  it('is sent again under another sequence without being written anew', () => {
    const records = encodeRecords([record({ value: Buffer.from('v') })], 1_000);
    const before = Buffer.from(encodeBatch(records, NOBODY));
    encodeBatch(records, { producerId: 7, producerEpoch: 1, first: 5 });
    expect(decode(records.frame)).toMatchObject([{ value: Buffer.from('v'), timestamp: 1_000 }]);
    expect(encodeBatch(records, NOBODY)).toEqual(before);
  });

  it('begins in the middle when asked to, and a batch that is cut off is left out', () => {
    const data = Buffer.concat([at(10, batchOf(record(), record(), record())), at(13, batchOf(record()))]);
    expect(decode(data, 11).map(({ offset }) => offset)).toEqual([11, 12, 13]);
    expect(decode(data.subarray(0, data.length - 1)).map(({ offset }) => offset)).toEqual([10, 11, 12]);
    expect(decode(data.subarray(0, 20))).toEqual([]);
  });

  it('that was damaged is refused, wherever it was', () => {
    const whole = at(7, batchOf(record({ value: Buffer.from('hello') })));
    for (let index = 17; index < whole.length; index++) {
      const damaged = Buffer.from(whole);
      damaged[index]! ^= 0x40;
      if (index === 16) continue;
      expect(() => decode(damaged), `byte ${index}`).toThrow(CorruptBatchError);
    }
  });

  it('of a format from before Kafka 0.11 is refused with its offset', () => {
    const old = at(7, batchOf(record()));
    old[16] = 1;
    expect(() => decode(old)).toThrow(/version 1/);
  });
});
