import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { VirtualClock } from '@tramline/testing';
import { Turns } from './turns.js';

const gate = () => Promise.withResolvers<void>();

it('lets one at a time, in the order in which they came', async () => {
  const turns = new Turns(new VirtualClock(), 1_000, () => new Error('impatient'));
  const seen: string[] = [];
  const gates = [gate(), gate(), gate()];
  const all = gates.map(({ promise }, index) =>
    turns.run(async () => {
      seen.push(`in ${index}`);
      await promise;
      seen.push(`out ${index}`);
    }),
  );
  for (const one of gates.toReversed()) {
    await turn();
    one.resolve();
  }
  await Promise.all(all);
  expect(seen).toEqual(['in 0', 'out 0', 'in 1', 'out 1', 'in 2', 'out 2']);
});

it('lets in before all who wait whoever asks to be next', async () => {
  const turns = new Turns(new VirtualClock(), 1_000, () => new Error('impatient'));
  const seen: string[] = [];
  const held = gate();
  const all = [
    turns.run(() => held.promise),
    ...['a', 'b'].map((name) => turns.run(async () => void seen.push(name))),
    turns.runNext(async () => void seen.push('next')),
  ];
  held.resolve();
  await Promise.all(all);
  expect(seen).toEqual(['next', 'a', 'b']);
});

it('goes on after one that failed', async () => {
  const turns = new Turns(new VirtualClock(), 1_000, () => new Error('impatient'));
  const failed = turns.run(() => Promise.reject(new Error('no')));
  const next = turns.run(() => Promise.resolve('yes'));
  await expect(failed).rejects.toThrow('no');
  expect(await next).toBe('yes');
});

it('turns away who waits when one holds its turn for too long, and only then', async () => {
  const clock = new VirtualClock();
  const turns = new Turns(clock, 1_000, () => new Error('impatient'));
  const [first, second] = [gate(), gate()];
  const holding = turns.run(() => first.promise);
  await clock.advance(900);
  const handed = turns.run(() => second.promise);
  const late = [turns.run(async () => 'never'), turns.run(async () => 'never')];
  const answers = Promise.allSettled(late);
  first.resolve();
  await holding;
  // A new turn, a new patience: the wait for the first does not count.
  await clock.advance(900);
  second.resolve();
  await handed;
  expect((await answers).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);

  const stuck = gate();
  const holder = turns.run(() => stuck.promise);
  const waiting = Promise.allSettled([turns.run(async () => 'never'), turns.run(async () => 'never')]);
  await clock.advance(1_001);
  expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  stuck.resolve();
  await holder;
  expect(await turns.run(async () => 'free again')).toBe('free again');
});

it('lets the event loop turn when many turns follow one another', async () => {
  let now = 0;
  const timers: (() => void)[] = [];
  const setTimer = (delayMs: number, fire: () => void) => {
    if (delayMs === 0) timers.push(fire);
    return { cancel: () => undefined };
  };
  const turns = new Turns({ now: () => now, monotonic: () => now, setTimer }, Infinity, () => new Error());
  const seen: number[] = [];
  const all = Array.from({ length: 6 }, (_, index) =>
    turns.run(async () => {
      now += 4;
      seen.push(index);
    }),
  );
  await turn();
  expect(seen).toEqual([0, 1, 2]);
  expect(timers).toHaveLength(1);
  timers.shift()!();
  await Promise.all(all);
  expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
});
