import { recordBytes } from '@tramline/core';
import { describe, expect, it } from 'vitest';
import { layoutOf, PackedRecord } from './packed-record.js';
import { Reader } from './reader.js';

type Part = string | null;

/** A length of at most 63, as a varint, and what it is the length of. */
function part(text: Part): Buffer {
  if (text === null) return Buffer.from([1]);
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length * 2]), bytes]);
}

/** The end of a record, from its key on. */
function packed(key: Part, value: Part, headers: readonly (readonly [string, Part])[] = []): Buffer {
  const parts = headers.flatMap(([name, content]) => [part(name), part(content)]);
  return Buffer.concat([part(key), part(value), Buffer.from([headers.length * 2]), ...parts]);
}

function recordOf(bytes: Buffer, before = 0): PackedRecord {
  const batch = Buffer.concat([Buffer.alloc(before, 0xff), bytes]);
  const layout = layoutOf(new Reader(batch).skip(before));
  return new PackedRecord({ topic: 't', partition: 2 }, 7, 1_000, batch, layout);
}

describe('a packed record', () => {
  it('gives each part as it lies there, wherever in its batch it is', () => {
    for (const before of [0, 100]) {
      const record = recordOf(
        packed('k', 'some value', [
          ['ключ', 'v'],
          ['empty', ''],
          ['null', null],
        ]),
        before,
      );
      expect(record).toMatchObject({ topic: 't', partition: 2, offset: 7, timestamp: 1_000 });
      expect([String(record.key), String(record.value)]).toEqual(['k', 'some value']);
      expect(record.headers.map(([name, value]) => [name, value && String(value)])).toEqual([
        ['ключ', 'v'],
        ['empty', ''],
        ['null', null],
      ]);
    }
  });

  it('tells nothing from empty', () => {
    expect(recordOf(packed(null, null))).toMatchObject({ key: null, value: null, headers: [] });
    const empty = recordOf(packed('', ''));
    expect([empty.key?.length, empty.value?.length]).toEqual([0, 0]);
  });

  it('finds the last value of a header that is not null', () => {
    const record = recordOf(
      packed(null, null, [
        ['a', '1'],
        ['ab', '2'],
        ['a', '3'],
        ['b', '4'],
        ['a', null],
        ['c', null],
      ]),
    );
    expect(['a', 'ab', 'b'].map((name) => String(record.header(name)))).toEqual(['3', '2', '4']);
    expect(['c', 'd', '', 'aa'].map((name) => record.header(name))).toEqual(Array(4).fill(undefined));
  });

  it('counts its bytes as anybody else would', () => {
    const record = recordOf(
      packed('key', 'value', [
        ['name', 'content'],
        ['other', null],
      ]),
    );
    const { key, value, headers } = record;
    expect(record.bytes).toBe(recordBytes({ key, value, headers }));
  });

  it('that is cut off shows it before anybody asks for a part', () => {
    const whole = packed('k', 'v', [['name', 'content']]);
    for (let length = 0; length < whole.length; length++) {
      const reader = new Reader(whole.subarray(0, length));
      const walk = () => {
        layoutOf(reader);
        if (reader.left < 0) throw new RangeError('beyond the end');
      };
      expect(walk, `${length} bytes`).toThrow(RangeError);
    }
  });
});
