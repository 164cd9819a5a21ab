import { expect, it } from 'vitest';
import { ACCOUNTS, orderIn, orderOf } from './order.ts';

it.each([0, 7, ACCOUNTS - 1, ACCOUNTS, 123_456])(
  'finds account and number of order %i in its JSON',
  (number) => {
    const { account } = orderOf(number, 12.5);
    expect(orderIn(Buffer.from(JSON.stringify(orderOf(number, 12.5))))).toEqual({ account, number });
  },
);
