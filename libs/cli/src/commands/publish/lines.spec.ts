import { describe, expect, it } from 'vitest';
import { linesOf } from './lines.js';

async function* chunks(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

const read = async (...texts: string[]) => {
  const found = [];
  for await (const { number, bytes } of linesOf(chunks(...texts)))
    found.push([number, Buffer.from(bytes).toString()]);
  return found;
};

describe('lines', () => {
  it('come with their numbers, blank ones counted and left out, however the chunks are cut', async () => {
    const expected = [
      [1, '{"a":1}'],
      [4, '{"b":"é"}'],
      [5, '3'],
    ];
    const text = '{"a":1}\r\n\n \t\n{"b":"é"}\n3';
    expect(await read(text)).toEqual(expected);
    expect(await read(...text.split(''))).toEqual(expected);
    expect(await read(text, '\n')).toEqual(expected);
    expect(await read('\ufeff{"a":1}')).toEqual([[1, '{"a":1}']]);
    expect(await read('', '\n\n')).toEqual([]);
  });

  it('that never end are refused before they fill the memory', async () => {
    const endless = async function* () {
      for (;;) yield Buffer.alloc(1024 * 1024, 'x');
    };
    const reading = linesOf(endless()).next();
    await expect(reading).rejects.toThrow(/Line 1 is longer than 16777216 bytes/);
  });
});
