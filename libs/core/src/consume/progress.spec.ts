import { describe, expect, it } from 'vitest';
import { decodeOffsetMap } from './offset-map.js';
import { Progress } from './progress.js';

const finished = (progress: Progress, end = 1_000) =>
  decodeOffsetMap(progress.watermark, progress.metadata(4096), end);

describe('Progress', () => {
  it('moves the watermark only over what is done, in any order', () => {
    const progress = new Progress(10, []);
    const [a, b, c] = [10, 11, 12].map((offset) => progress.take(offset, 5)!);
    progress.end(b!);
    progress.end(c!);
    expect(progress.watermark).toBe(10);
    expect(finished(progress)).toEqual([{ from: 11, to: 13 }]);
    expect([progress.openCount, progress.openBytes, progress.span]).toEqual([1, 5, 3]);
    progress.end(a!);
    expect(progress.watermark).toBe(13);
    expect(progress.metadata(4096)).toBe('');
    expect([progress.openCount, progress.openBytes, progress.span]).toEqual([0, 0, 0]);
  });

  it('waits for the last handler of a record', () => {
    const progress = new Progress(0, []);
    const entry = progress.take(0, 1)!;
    entry.left = 2;
    expect(progress.end(entry)).toBe(false);
    expect(progress.watermark).toBe(0);
    expect(progress.end(entry)).toBe(true);
    expect(progress.watermark).toBe(1);
  });

  it('counts offsets that hold no record as done', () => {
    const progress = new Progress(0, []);
    const first = progress.take(0, 1)!;
    progress.take(7, 1);
    progress.advance(20);
    expect(finished(progress)).toEqual([
      { from: 1, to: 7 },
      { from: 8, to: 20 },
    ]);
    progress.end(first);
    expect(progress.watermark).toBe(7);
  });

  it('refuses what an earlier owner finished, and keeps saying so until the watermark passes it', () => {
    const progress = new Progress(10, [
      { from: 11, to: 13 },
      { from: 30, to: 40 },
    ]);
    progress.advance(10);
    const first = progress.take(10, 1)!;
    expect(progress.take(11, 1)).toBeUndefined();
    expect(progress.take(12, 1)).toBeUndefined();
    expect(progress.take(13, 1)).toBeDefined();
    expect(finished(progress)).toEqual([
      { from: 11, to: 13 },
      { from: 30, to: 40 },
    ]);
    progress.end(first);
    expect(progress.watermark).toBe(13);
  });

  it('starts beyond a finished range that begins at the committed offset', () => {
    const progress = new Progress(10, [{ from: 10, to: 15 }]);
    progress.advance(10);
    expect(progress.watermark).toBe(15);
  });

  it('does not take again what it passed', () => {
    const progress = new Progress(0, [{ from: 1, to: 5 }]);
    progress.end(progress.take(0, 1)!);
    expect(progress.watermark).toBe(5);
    expect([1, 4, 0].map((offset) => progress.take(offset, 1))).toEqual([undefined, undefined, undefined]);
    expect(progress.take(5, 1)).toBeDefined();
    expect(progress.watermark).toBe(5);
  });

  it('stays small over a million records', () => {
    const progress = new Progress(0, []);
    for (let offset = 0; offset < 1_000_000; offset++) progress.end(progress.take(offset, 1)!);
    expect(progress.watermark).toBe(1_000_000);
    expect(progress.span).toBe(0);
  });
});
