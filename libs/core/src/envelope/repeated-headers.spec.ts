import { expect, it } from 'vitest';
import { RepeatedHeaders } from './repeated-headers.js';

it('gives the same object for the same text, and never that of another', () => {
  const types = new RepeatedHeaders('ce_type');
  const [one, other] = [types.of('user.registered'), types.of('order.placed')];
  expect(types.of('user.registered')).toBe(one);
  expect(types.of('order.placed')).toBe(other);
  expect(one).toEqual(['ce_type', new Uint8Array(Buffer.from('user.registered'))]);
  expect(other[1]).toEqual(new Uint8Array(Buffer.from('order.placed')));
});

it('holds a bounded number, whatever is asked of it', () => {
  const types = new RepeatedHeaders('ce_type');
  const first = types.of('0');
  for (let index = 1; index <= 1_000; index++) types.of(String(index));
  expect(types.of('0')).not.toBe(first);
  expect(types.of('0')).toEqual(first);
});
