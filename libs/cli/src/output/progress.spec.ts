import { describe, expect, it } from 'vitest';
import { Progress } from './progress.js';

/** A bar on a sink of this width, and time that passes when it is told to. */
function world(columns: number | undefined) {
  let now = 1_000;
  const written: string[] = [];
  const sink = {
    isTTY: columns !== undefined,
    columns: columns ?? Infinity,
    write: (text: string) => Promise.resolve(void written.push(text)),
  };
  const progress = new Progress('Redriving', sink, { now: () => now, monotonic: () => now });
  return { progress, written, pass: (ms: number) => (now += ms) };
}

describe('progress', () => {
  it('is a bar on a terminal, drawn over again, within its width, and gone at the end', async () => {
    const { progress, written, pass } = world(80);
    await progress.update(0, 2_000);
    pass(50);
    await progress.update(10, 2_000);
    pass(50);
    await progress.update(1_000, 2_000);
    await progress.end();
    expect(written).toEqual([
      `\r\u001b[2KRedriving [${'-'.repeat(20)}] 0 of 2,000`,
      `\r\u001b[2KRedriving [${'#'.repeat(10)}${'-'.repeat(10)}] 1,000 of 2,000`,
      '\r\u001b[2K',
    ]);
    const narrow = world(12);
    await narrow.progress.update(5, 10);
    expect(narrow.written).toEqual(['\r\u001b[2KRedriving …']);
  });

  it('is a line every 5 s elsewhere, and nothing for what is over before that', async () => {
    const { progress, written, pass } = world(undefined);
    await progress.update(1, 10);
    pass(4_999);
    await progress.update(2, 10);
    pass(1);
    await progress.update(3, 10);
    await progress.update(4, 10);
    pass(5_000);
    await progress.update(5);
    await progress.end();
    expect(written).toEqual(['Redriving: 3 of 10\n', 'Redriving: 5\n']);
  });
});
