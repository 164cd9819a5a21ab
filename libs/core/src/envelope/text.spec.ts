import { expect, it } from 'vitest';
import { bytesOf, repeatedTextOf, textOf } from './text.js';

it('reads repeated bytes as textOf does, also where several share a place', () => {
  // 'Aa' and 'BB' have the same hash, as Java's programmers know: the same place in the table.
  const texts = ['userAa', 'userBB', 'userAa', 'userBB', '', 'ü', 'x'.repeat(1_000)];
  for (const text of [...texts, ...texts]) expect(repeatedTextOf(bytesOf(text))).toBe(text);
  const broken = Uint8Array.of(0xff, 0x41);
  expect(repeatedTextOf(broken)).toBe(textOf(broken));
});

it('does not notice what becomes of the bytes afterwards', () => {
  const bytes = Buffer.from('points.awarded');
  repeatedTextOf(bytes);
  bytes.write('X', 0);
  expect(repeatedTextOf(bytes)).toBe('Xoints.awarded');
  expect(repeatedTextOf(Buffer.from('points.awarded'))).toBe('points.awarded');
});
