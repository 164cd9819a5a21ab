import type { Clock } from '@tramline/core';
import { expect, it } from 'vitest';
import { Heartbeat } from './heartbeat.js';

/** Time that moves only when told. */
class HandClock implements Clock {
  #now = 0;
  #timers: { at: number; fire: () => void }[] = [];

  now = () => this.#now;
  monotonic = () => this.#now;

  setTimer(delayMs: number, fire: () => void) {
    const timer = { at: this.#now + delayMs, fire };
    this.#timers.push(timer);
    return { cancel: () => void (this.#timers = this.#timers.filter((other) => other !== timer)) };
  }

  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#now = next.at;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      next.fire();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#now = end;
  }
}

it('beats at the times that each beat names, and sooner when asked', async () => {
  const clock = new HandClock();
  const beats: number[] = [];
  const heartbeat = new Heartbeat(clock, async () => {
    beats.push(clock.monotonic());
    return 100;
  });
  heartbeat.within(0);
  await clock.advance(250);
  expect(beats).toEqual([0, 100, 200]);
  heartbeat.within(10);
  heartbeat.within(40);
  await clock.advance(100);
  expect(beats).toEqual([0, 100, 200, 260]);
  heartbeat.stop();
  await clock.advance(1_000);
  expect(beats).toHaveLength(4);
});

it('beats once more when asked during a beat, which may have looked too early, and never twice at once', async () => {
  const clock = new HandClock();
  let running = 0;
  let beats = 0;
  let finish = () => {};
  const heartbeat = new Heartbeat(clock, async () => {
    expect(++running).toBe(1);
    beats++;
    await new Promise<void>((resolve) => (finish = resolve));
    running--;
    return 1_000;
  });
  heartbeat.within(0);
  await clock.advance(1);
  heartbeat.within(0);
  heartbeat.within(0);
  await clock.advance(1);
  expect(beats).toBe(1);
  finish();
  await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(1);
  expect(beats).toBe(2);
  finish();
});
