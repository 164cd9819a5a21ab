import { VirtualClock } from '@tramline/testing';
import { expect, it } from 'vitest';
import { Schedule } from './schedule.js';
import { RELAY } from './settings.js';

type Answer = { readonly moved: number; readonly nextInMs: number | null };

/** A schedule whose store answers as told, and how often it was asked within so long. */
function world(answer: () => Answer) {
  const clock = new VirtualClock();
  let asked = 0;
  let moved = 0;
  const promote = async (): Promise<Answer> => (asked++, answer());
  const schedule = new Schedule({ promote }, clock, () => moved++);
  return {
    schedule,
    async askedIn(ms: number): Promise<number> {
      const before = asked;
      const end = clock.monotonic() + ms;
      for (;;) {
        await schedule.tend();
        const wait = Math.max(0, schedule.inMs);
        if (clock.monotonic() + wait > end) return asked - before;
        await clock.advance(wait);
      }
    },
    get moved() {
      return moved;
    },
  };
}

it('looks again when the next row is due, and once a second for what others write', async () => {
  expect(await world(() => ({ moved: 0, nextInMs: 250 })).askedIn(999)).toBe(4);
  expect(await world(() => ({ moved: 0, nextInMs: null })).askedIn(9_999)).toBe(10);
});

it('is not busy while somebody else has the rows locked that are due', async () => {
  const rows = world(() => ({ moved: 0, nextInMs: 0 }));
  expect(await rows.askedIn(10_000)).toBeLessThanOrEqual(10_000 / RELAY.scheduledLockedMs + 1);
});

it('goes on at once where more is due than one statement moves', async () => {
  let left = 5;
  const answer = () => ({ moved: left-- > 0 ? RELAY.scheduledRows : 0, nextInMs: left > 0 ? 0 : null });
  const rows = world(answer);
  expect(await rows.askedIn(1)).toBe(6);
  expect(rows.moved).toBe(5);
});
