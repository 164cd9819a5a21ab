import { describe, expect, it } from 'vitest';
import { decodeOffsetMap, encodeOffsetMap, METADATA_LIMIT, type OffsetRange } from './offset-map.js';

const every = (step: number, count: number): OffsetRange[] =>
  Array.from({ length: count }, (_, index) => ({ from: 101 + index * step, to: 102 + index * step }));

describe('offset map', () => {
  it('says nothing when nothing is finished above the base', () => {
    expect(encodeOffsetMap(100, [])).toBe('');
    expect(decodeOffsetMap(100, '', 1_000)).toEqual([]);
  });

  it.each([
    ['one offset', [{ from: 101, to: 102 }]],
    [
      'ranges with gaps',
      [
        { from: 103, to: 110 },
        { from: 4_000_000_000, to: 4_000_001_000 },
      ],
    ],
    ['every other offset', every(2, 10_000)],
  ])('comes back as it was: %s', (_, ranges) => {
    expect(decodeOffsetMap(100, encodeOffsetMap(100, ranges), 5_000_000_000)).toEqual(ranges);
  });

  it('leaves out from the top what does not fit', () => {
    const ranges = every(3, 50_000);
    const text = encodeOffsetMap(100, ranges);
    expect(text.length).toBeLessThanOrEqual(METADATA_LIMIT);
    const read = decodeOffsetMap(100, text, 1_000_000);
    expect(read.length).toBeGreaterThan(5_000);
    expect(read).toEqual(ranges.slice(0, read.length));
  });

  it('keeps to a smaller budget', () => {
    const text = encodeOffsetMap(100, every(7, 500), 64);
    expect(text.length).toBeLessThanOrEqual(64);
    expect(decodeOffsetMap(100, text, 10_000).length).toBeGreaterThan(5);
  });

  it.each([
    ['another client', 'consumer-1@host'],
    ['a version to come', `2${encodeOffsetMap(100, [{ from: 101, to: 102 }]).slice(1)}`],
    ['a broken body', `${encodeOffsetMap(100, [{ from: 101, to: 102 }])}1`],
  ])('refuses the metadata of %s', (_, text) => {
    expect(decodeOffsetMap(100, text, 1_000)).toEqual([]);
  });

  it('says nothing where there is no room for it', () => {
    const ranges = [{ from: 105, to: 106 }];
    for (let limit = 0; limit <= 32; limit++) {
      const text = encodeOffsetMap(100, ranges, limit);
      expect(text.length).toBeLessThanOrEqual(limit);
      expect(decodeOffsetMap(100, text, 200)).toEqual(text === '' ? [] : ranges);
    }
  });

  it('refuses a map that belongs to another base or claims what the log does not hold', () => {
    const text = encodeOffsetMap(100, [{ from: 105, to: 110 }]);
    expect(decodeOffsetMap(101, text, 1_000)).toEqual([]);
    expect(decodeOffsetMap(100, text, 109)).toEqual([]);
    expect(decodeOffsetMap(100, text, 110)).toEqual([{ from: 105, to: 110 }]);
  });
});
