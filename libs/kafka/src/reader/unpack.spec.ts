import type { OutgoingRecord } from '@tramline/core';
import { describe, expect, it } from 'vitest';
import { codecNumber, codecOf } from '../kafkajs/codecs.js';
import { crc32c } from '../protocol/crc32c.js';
import { encodeBatch, encodeRecords, recordsIn, withCodec } from '../protocol/record-encoder.js';
import type { AbortedTransaction } from '../protocol/api/records.js';
import { Unpacking } from './unpack.js';

const target = { topic: 't', partition: 0 };
const TRANSACTIONAL = 16;
const CONTROL = 32;

/** A batch as it lies in the log. */
function stored(
  offset: number,
  values: readonly string[],
  producerId = -1,
  attributes = 0,
  key: Buffer | null = null,
): Buffer {
  const records = values.map((value): OutgoingRecord => ({ key, value: Buffer.from(value), headers: [] }));
  return seal(
    encodeBatch(encodeRecords(records, 1), { producerId, producerEpoch: 0, first: 0 }),
    offset,
    attributes,
  );
}

function seal(batch: Buffer, offset: number, attributes: number): Buffer {
  batch.writeBigInt64BE(BigInt(offset));
  batch.writeInt16BE(attributes, 21);
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}

/** The mark that ends a transaction: 0 takes it back, 1 makes it hold. */
function mark(offset: number, producerId: number, kind: 0 | 1): Buffer {
  return stored(offset, [''], producerId, TRANSACTIONAL | CONTROL, Buffer.from([0, 0, 0, kind]));
}

async function unpack(data: Buffer[], aborted: readonly AbortedTransaction[] = [], from = 0) {
  const unpacking = new Unpacking(target, Buffer.concat(data), aborted, from);
  const values: string[] = [];
  let nextOffset = from;
  for (let next = await unpacking.next(); next; next = await unpacking.next()) {
    values.push(...next.records.map(({ value }) => Buffer.from(value!).toString()));
    nextOffset = next.nextOffset;
  }
  return { values, nextOffset, done: unpacking.done };
}

describe('what a fetch brought', () => {
  it('leaves out what transactions took back, and the marks', async () => {
    const log = [
      stored(0, ['plain']),
      stored(1, ['taken back'], 7, TRANSACTIONAL),
      stored(2, ['kept'], 8, TRANSACTIONAL),
      mark(3, 7, 0),
      stored(4, ['kept too'], 7, TRANSACTIONAL),
      mark(5, 7, 1),
      mark(6, 8, 1),
    ];
    const found = await unpack(log, [{ producerId: 7, firstOffset: 1 }]);
    expect(found).toEqual({ values: ['plain', 'kept', 'kept too'], nextOffset: 7, done: true });
  });

  it('moves on over batches that hold nothing for us', async () => {
    expect(await unpack([mark(10, 7, 1)], [], 10)).toMatchObject({ values: [], nextOffset: 11 });
  });

  it('begins at the offset that was asked for, though the batch begins before', async () => {
    const log = [stored(0, ['a', 'b', 'c']), stored(3, ['d'])];
    expect(await unpack(log, [], 2)).toMatchObject({ values: ['c', 'd'], nextOffset: 4 });
  });

  it.each(['gzip', 'zstd'] as const)('unpacks %s', async (name) => {
    const codec = codecNumber(name);
    const encoded = encodeRecords([{ key: null, value: Buffer.from('x'.repeat(500)), headers: [] }], 1);
    const bytes = await codecOf(codec).compress(recordsIn(encoded));
    const nobody = { producerId: -1, producerEpoch: -1, first: -1 };
    const batch = encodeBatch(withCodec(encoded, codec, bytes), nobody);
    expect((await unpack([seal(batch, 5, codec)], [], 5)).values).toEqual(['x'.repeat(500)]);
  });

  it('names the place and the fix where it cannot be read', async () => {
    await expect(unpack([stored(5, ['x'], -1, 3)], [], 5)).rejects.toMatchObject({
      code: 'TRAMLINE_STORAGE',
      message: expect.stringMatching(/^Offset 5 of t\/0 cannot be read.*lz4.*CompressionCodecs\[3\]/),
    });
    const damaged = stored(9, ['y']);
    damaged[damaged.length - 2]! ^= 1;
    // What lies before it is given first, so that who sets a position past it skips nothing else.
    const unpacking = new Unpacking(target, Buffer.concat([stored(8, ['x']), damaged]), [], 8);
    await expect(unpacking.next()).resolves.toMatchObject({ records: [{ offset: 8 }], nextOffset: 9 });
    expect(unpacking.done).toBe(false);
    await expect(unpacking.next()).rejects.toThrow(/^Offset 9 of t\/0 cannot be read: its checksum/);
  });
});
