import type { Horizon } from '@tramline/core/outbox';
import { VirtualClock } from '@tramline/testing';
import { expect, it } from 'vitest';
import { Floor } from './floor.js';

function floor() {
  const clock = new VirtualClock();
  let horizon: Horizon = { drawn: 0, writers: [] };
  const made = new Floor({ horizon: () => Promise.resolve(horizon) }, clock);
  const see = async (drawn: number, ...writers: string[]) => {
    horizon = { drawn, writers };
    await clock.advance(100);
    await made.advance(true);
  };
  return { floor: made, see };
}

it('rises at once where nobody writes', async () => {
  const { floor: it, see } = floor();
  await see(10);
  const scan = it.scan();
  expect(scan).toMatchObject({ after: 0, floor: 10 });
  it.passed(scan, Infinity);
  expect(it.scan().after).toBe(10);
});

it('waits for those who wrote when the highest id was read, and for nobody else', async () => {
  const { floor: it, see } = floor();
  await see(10, 'a', 'b');
  expect(it.scan().floor).toBe(0);
  await see(20, 'b', 'c');
  expect(it.scan().floor).toBe(0);
  await see(30, 'c', 'd');
  expect(it.scan().floor).toBe(10);
  await see(40, 'd', 'e');
  expect(it.scan().floor).toBe(10);
  await see(50, 'e');
  expect(it.scan().floor).toBe(30);
});

it('lets no page start above a row whose end is not known', async () => {
  const { floor: it, see } = floor();
  await see(10);
  it.passed(it.scan(), 4);
  expect(it.scan().after).toBe(3);
});

it('asks seldom while pages bring few rows, and often while they bring many', async () => {
  const clock = new VirtualClock();
  let asked = 0;
  const made = new Floor({ horizon: () => Promise.resolve({ drawn: ++asked, writers: [] }) }, clock);
  const after = async (ms: number, busy: boolean) => {
    await clock.advance(ms);
    await made.advance(busy);
    return asked;
  };
  expect(await after(0, false)).toBe(1);
  expect(await after(99, true)).toBe(1);
  expect(await after(1, false)).toBe(1);
  expect(await after(0, true)).toBe(2);
  expect(await after(499, false)).toBe(2);
  expect(await after(1, false)).toBe(3);
});

it('counts no page that was asked for before a rewind, or before the floor was proven', async () => {
  const { floor: it, see } = floor();
  const early = it.scan();
  await see(10);
  it.passed(early, Infinity);
  expect(it.scan().after).toBe(0);
  const scan = it.scan();
  it.rewind();
  it.passed(scan, Infinity);
  expect(it.scan().after).toBe(0);
});
