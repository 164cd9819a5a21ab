import { SeededRandom, VirtualClock } from '../../spec-support/testing.js';
import { describe, expect, it } from 'vitest';
import { EventIds } from './event-id.js';

function msOf(id: string): number {
  return parseInt(id.replaceAll('-', '').slice(0, 12), 16);
}

describe('EventIds', () => {
  it('makes UUIDs of version 7 that carry the clock', () => {
    const clock = new VirtualClock(Date.UTC(2026, 10, 20));
    const ids = new EventIds(clock, new SeededRandom(1));
    const id = ids.next();
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(msOf(id)).toBe(clock.now());
  });

  it('goes up within a millisecond, past its counter, and when the clock jumps back an hour', async () => {
    const clock = new VirtualClock();
    const ids = new EventIds(clock, new SeededRandom(2));
    const made: string[] = [];
    for (let round = 0; round < 10_000; round++) made.push(ids.next());
    clock.jump(-3_600_000);
    for (let round = 0; round < 100; round++) made.push(ids.next());
    await clock.advance('2h');
    made.push(ids.next());
    expect(new Set(made).size).toBe(made.length);
    expect(made.toSorted()).toEqual(made);
    expect(msOf(made.at(-1)!)).toBe(clock.now());
  });
});
