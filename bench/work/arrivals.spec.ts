import { afterEach, expect, it, vi } from 'vitest';
import { Arrivals, CheckError } from './arrivals.ts';
import { ACCOUNTS, orderOf } from './order.ts';

afterEach(() => vi.useRealTimers());

it('is content when each order came once, and those of an account in order', async () => {
  const arrivals = new Arrivals(3);
  const complete = arrivals.until(3);
  // Two accounts may overtake each other.
  for (const number of [1, 0, 2]) arrivals.saw(orderOf(number));
  await complete;
  expect(() => arrivals.check('moved')).not.toThrow();
});

it('counts what is lost, doubled, out of order or never published', () => {
  const arrivals = new Arrivals(ACCOUNTS * 2 + 1);
  for (const number of [1, ACCOUNTS, 0, 1, 99_999]) arrivals.saw(orderOf(number));
  const faults = `of 201 events 198 lost, 1 doubled, 1 out of order, 1 never published`;
  expect(arrivals.faults).toBe(faults);
  expect(() => arrivals.check('moved')).toThrow(new CheckError(`moved: ${faults}.`));
});

it('counts what is out of order without blaming a side that promises none', () => {
  const arrivals = new Arrivals(ACCOUNTS * 2, false);
  for (let number = ACCOUNTS * 2 - 1; number >= 0; number--) arrivals.saw(orderOf(number));
  expect(arrivals).toMatchObject({ faults: undefined, outOfOrder: ACCOUNTS });
});

it('stops waiting when nothing more comes', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const arrivals = new Arrivals(2);
  let over = false;
  const waited = arrivals.until(2).then(() => (over = true));
  await vi.advanceTimersByTimeAsync(29_000);
  arrivals.saw(orderOf(0));
  await vi.advanceTimersByTimeAsync(29_000);
  expect(over).toBe(false);
  await vi.advanceTimersByTimeAsync(31_000);
  await waited;
  expect(arrivals.faults).toBe('of 2 events 1 lost');
});
