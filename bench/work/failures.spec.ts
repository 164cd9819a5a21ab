import { expect, it } from 'vitest';
import { Failures } from './failures.ts';
import { ACCOUNTS, orderOf } from './order.ts';

const TOTAL = ACCOUNTS * ACCOUNTS;
const consumed = { perSecond: 1, faults: undefined };

it('fails one order in a hundred twice, one of each account', () => {
  const failures = new Failures();
  const failed: number[] = [];
  for (let number = 0; number < TOTAL; number++) {
    for (let attempt = 1; attempt <= 3; attempt++) {
      try {
        failures.attempt(number);
        break;
      } catch {
        failed.push(number);
      }
    }
  }
  expect(failed).toHaveLength((TOTAL / 100) * 2);
  expect(new Set(failed.map((number) => orderOf(number).account)).size).toBe(ACCOUNTS);
  expect(failures.in(consumed, TOTAL)).toBe(consumed);
});

it('tells when attempts are missing', () => {
  expect(new Failures().in(consumed, TOTAL).faults).toBe('0 failed attempts instead of 200');
  expect(new Failures().in({ ...consumed, faults: 'of 3 events 1 lost' }, TOTAL).faults).toBe(
    'of 3 events 1 lost, 0 failed attempts instead of 200',
  );
});
