import { describe, expect, it } from 'vitest';
import { crc32c } from './crc32c.js';

/** By its definition, a bit at a time. */
function slowly(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

describe('crc32c', () => {
  it('is that of its definition, for every length and wherever in memory the bytes begin', () => {
    const memory = Uint8Array.from({ length: 128 }, (_, index) => (index * 151 + 7) & 255);
    for (let from = 0; from < 8; from++) {
      for (let length = 0; length <= 100; length++) {
        const bytes = memory.subarray(from, from + length);
        expect(crc32c(bytes), `${length} bytes from ${from}`).toBe(slowly(bytes));
      }
    }
  });
});
