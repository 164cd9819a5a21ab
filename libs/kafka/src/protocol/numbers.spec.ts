import { expect, it } from 'vitest';
import { Reader } from './reader.js';
import { varintSize, Writer } from './writer.js';

const EDGES = [
  0,
  1,
  -1,
  63,
  64,
  -64,
  -65,
  8_191,
  8_192,
  2 ** 31 - 1,
  -(2 ** 31),
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 40,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
];

it('variable numbers come back, and take as many bytes as was said', () => {
  for (const value of EDGES) {
    const bytes = new Writer(1).varint(value).take();
    expect(new Reader(bytes).varint(), String(value)).toBe(value);
    expect(bytes.length, String(value)).toBe(varintSize(value));
  }
});

it('64-bit numbers come back', () => {
  for (const value of EDGES) expect(new Reader(new Writer(1).int64(value).take()).int64()).toBe(value);
});

it('what is cut off is told, not guessed', () => {
  expect(() => new Reader(Buffer.from([0, 5, 65])).string()).toThrow(RangeError);
  expect(() => new Reader(Buffer.from([0x80])).varint()).toThrow(RangeError);
  expect(() => new Reader(Buffer.from([1])).int16()).toThrow(RangeError);
});
