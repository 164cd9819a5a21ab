import { sleep } from '@tramline/core';
import { describe, expect, it } from 'vitest';
import { VirtualClock, VirtualTimeError } from './virtual-clock.js';

describe('VirtualClock', () => {
  it('fires by due time, then in order of creation, with the time of each', async () => {
    const clock = new VirtualClock(1_000);
    const fired: string[] = [];
    for (const [name, delay] of [
      ['late', 20],
      ['first', 10],
      ['second', 10],
    ] as const) {
      clock.setTimer(delay, () => fired.push(`${name} ${clock.monotonic()} ${clock.now()}`));
    }
    await clock.advance(15);
    expect(fired).toEqual(['first 10 1010', 'second 10 1010']);
    expect([clock.monotonic(), clock.now(), clock.pending]).toEqual([15, 1_015, 1]);
    await clock.advance('1s');
    expect(fired.at(-1)).toBe('late 20 1020');
  });

  it('runs all that follows from a firing before the next one', async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const loop = async (name: string) => {
      await sleep(clock, 10);
      for (let step = 0; step < 20; step++) await Promise.resolve();
      seen.push(name);
      await sleep(clock, 5);
      seen.push(`${name} again`);
    };
    const both = Promise.all([loop('a'), loop('b')]);
    await clock.advance(10);
    expect(seen).toEqual(['a', 'b']);
    await clock.advance(5);
    await both;
    expect(seen).toEqual(['a', 'b', 'a again', 'b again']);
  });

  it('fires timers without delay by itself, one per turn, on a later turn', async () => {
    const clock = new VirtualClock();
    const fired: number[] = [];
    clock.setTimer(0, () => fired.push(1));
    clock.setTimer(-5, () => fired.push(2));
    expect(fired).toEqual([]);
    await sleep(clock, 0);
    expect(fired).toEqual([1, 2]);
    expect([clock.monotonic(), clock.pending]).toEqual([0, 0]);
  });

  it('forgets cancelled timers, also one cancelled by a neighbour due at the same time', async () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    clock.setTimer(5, () => other.cancel());
    const other = clock.setTimer(5, () => fired.push('never'));
    clock.setTimer(6, () => fired.push('kept'));
    await clock.advance(10);
    other.cancel();
    expect(fired).toEqual(['kept']);
    expect(clock.pending).toBe(0);
  });

  it('jumps the wall clock alone', async () => {
    const clock = new VirtualClock(10_000);
    let fired = 0;
    clock.setTimer(100, () => fired++);
    clock.jump(-3_600_000);
    await clock.settle();
    expect([clock.now(), clock.monotonic(), fired]).toEqual([10_000 - 3_600_000, 0, 0]);
    await clock.advance(100);
    expect(fired).toBe(1);
  });

  it('queues calls of advance that are made while one is under way', async () => {
    const clock = new VirtualClock();
    const fired: number[] = [];
    for (const at of [5, 15]) clock.setTimer(at, () => fired.push(clock.monotonic()));
    await Promise.all([clock.advance(10), clock.advance(10)]);
    expect(fired).toEqual([5, 15]);
    expect(clock.monotonic()).toBe(20);
  });

  it('runs until a condition holds, and stands at the time that made it true', async () => {
    const clock = new VirtualClock();
    let ticks = 0;
    const tick = () => void clock.setTimer(1_000, () => (ticks++, tick()));
    tick();
    await clock.runUntil(() => ticks === 3);
    expect(clock.monotonic()).toBe(3_000);
    await expect(clock.runUntil(() => ticks > 100, '10s')).rejects.toThrow(/within 10s of virtual time/);
  });

  it('says so when nothing is left that could make a condition true', async () => {
    await expect(new VirtualClock().runUntil(() => false)).rejects.toThrow(/no timer is left/);
  });

  it('refuses what is no duration', () => {
    expect(() => new VirtualClock().advance('10 minutes' as '10m')).toThrow(VirtualTimeError);
  });
});
