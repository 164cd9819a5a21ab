import { VirtualClock } from '@tramline/testing';
import type { OutboxRow, PendingRequest } from '@tramline/core/outbox';
import { describe, expect, it } from 'vitest';
import { Floor } from './floor.js';
import { Pages, type PagesSetup } from './pages.js';

const PAGE = 3;

interface Options {
  readonly drawn?: number;
  /** Which of the questions find no connection. */
  readonly refused?: readonly number[];
  /** Rows that wait for a slow lane. */
  readonly slow?: readonly number[];
}

/** Pages over rows 1 to `count`, with lanes that the test lets land. */
async function world(count: number, { drawn = count, refused = [], slow = [] }: Options = {}) {
  const rows = Array.from({ length: count }, (_, index) => index + 1);
  const asked: number[] = [];
  const asking: { happens?: () => void } = {};
  const flown: number[][] = [];
  const clock = new VirtualClock();
  const floor = new Floor({ horizon: async () => ({ drawn, writers: [] }) }, clock);
  const lane = { free: false };
  const lanes = {
    resting: true,
    drops: 0,
    /** What is distributed is dropped at once. */
    fails: false,
    taken: { size: 0, bytes: 0, beyond: () => ({ size: 0, bytes: 0 }) },
    distribute(page: readonly OutboxRow[], waitedFor: ReadonlySet<unknown>) {
      const waits = (rowId: number) => slow.includes(rowId) && (!lane.free || waitedFor.has(lane));
      const fly = page.map(({ rowId }) => rowId).filter((rowId) => !waits(rowId));
      const skipped = page.length - fly.length;
      if (fly.length > 0) flown.push(fly);
      lanes.resting = fly.length === 0;
      if (lanes.fails) lanes.drops++;
      return { taken: fly.length, skipped, slow: skipped > 0 ? new Set([lane]) : undefined };
    },
  };
  const outcomes = { setbacks: 0 };
  const pages = new Pages({
    store: {
      pending: async ({ after, limit }: PendingRequest) => {
        asked.push(after);
        asking.happens?.();
        asking.happens = undefined;
        if (refused.includes(asked.length)) throw new Error('no connection is left');
        return rows
          .filter((rowId) => rowId > after)
          .slice(0, limit)
          .map((rowId) => ({ rowId, record: { key: null, value: null, headers: [] } }) as never);
      },
    },
    clock,
    floor,
    lanes,
    outcomes,
    leases: { reading: () => [] },
    pace: { read: () => undefined },
    pageRows: PAGE,
  } as unknown as PagesSetup);
  await pages.next();
  await pages.readAhead();
  return { pages, floor, lane, lanes, outcomes, asked, asking, flown };
}

it('reads the next page while one flies, and uses it when that has landed', async () => {
  const { pages, lanes, asked, flown } = await world(7);
  expect(asked).toEqual([0, 3]);
  lanes.resting = true;
  expect(pages.isAhead).toBe(true);
  await pages.next();
  expect(flown.at(-1)).toEqual([4, 5, 6]);
  await pages.readAhead();
  lanes.resting = true;
  await pages.next();
  expect([flown.at(-1), asked]).toEqual([[7], [0, 3, 6]]);
});

it.each<[string, (setup: Awaited<ReturnType<typeof world>>) => void]>([
  ['something still flies', ({ lanes }) => (lanes.resting = false)],
  ['a row was dropped', ({ lanes }) => lanes.drops++],
  ['a row failed', ({ outcomes }) => outcomes.setbacks++],
  ['a bucket was gained, or a hold lifted', ({ floor }) => floor.rewind()],
])('reads the page anew when %s', async (_, happens) => {
  const setup = await world(7);
  const { pages, lanes, asked, flown } = setup;
  lanes.resting = true;
  happens(setup);
  expect(pages.isAhead).toBe(false);
  await pages.next();
  expect([asked.at(-1), flown.at(-1)]).toEqual([0, [1, 2, 3]]);
});

it('reads nothing ahead of what may still appear, or where nothing more is', async () => {
  expect((await world(7, { drawn: 2 })).asked).toEqual([0]);
  expect((await world(2)).asked).toEqual([0]);
});

it('goes on without the page that could not be read ahead', async () => {
  const { pages, lanes, asked, flown } = await world(7, { refused: [2] });
  expect(asked).toEqual([0, 3]);
  lanes.resting = true;
  await pages.next();
  expect([asked.at(-1), flown.at(-1)]).toEqual([0, [1, 2, 3]]);
});

describe('rows that wait for a slow lane', () => {
  const slow = [1, 2, 3, 4, 5, 6, 8];

  it('are passed when they fill pages, and what waits for the same lane behind them waits, too', async () => {
    const { pages, asked, flown } = await world(9, { slow });
    await pages.next();
    await pages.next();
    await pages.next();
    expect([asked, flown]).toEqual([
      [0, 3, 6, 6],
      [
        [7, 9],
        [7, 9],
      ],
    ]);
    expect([pages.skipped, pages.empty]).toEqual([true, false]);
  });

  it('are not read again and again, also where nothing lies behind them', async () => {
    const { pages, asked } = await world(6, { slow });
    for (let more = 0; more < 3; more++) await pages.next();
    expect(asked).toEqual([0, 3, 6, 6]);
    expect([pages.skipped, pages.empty]).toEqual([true, false]);
  });

  it('are read first when the lane is free', async () => {
    const { pages, lane, asked, flown } = await world(9, { slow });
    await pages.next();
    lane.free = true;
    await pages.next();
    expect([asked, flown]).toEqual([[0, 3, 0], [[1, 2, 3]]]);
  });

  it.each<[string, (setup: Awaited<ReturnType<typeof world>>) => void]>([
    ['a row was dropped', ({ lanes }) => lanes.drops++],
    ['a row failed', ({ outcomes }) => outcomes.setbacks++],
    ['a bucket was gained, or a hold lifted', ({ floor }) => floor.rewind()],
  ])('are read first when %s, also while what lies behind them is read', async (_, happens) => {
    const before = await world(9, { slow });
    await before.pages.next();
    happens(before);
    await before.pages.next();
    expect([before.asked, before.flown]).toEqual([[0, 3, 0], []]);

    const meanwhile = await world(9, { slow });
    await meanwhile.pages.next();
    meanwhile.asking.happens = () => happens(meanwhile);
    await meanwhile.pages.next();
    expect([meanwhile.asked, meanwhile.flown]).toEqual([[0, 3, 6, 0], []]);
  });

  it('are not read again when something behind them fails at once', async () => {
    const { pages, lanes, asked } = await world(9, { slow });
    await pages.next();
    lanes.fails = true;
    await pages.next();
    await pages.next();
    expect(asked).toEqual([0, 3, 6, 6]);
  });

  it('are not passed where something may still appear before them', async () => {
    const { pages, asked } = await world(9, { slow, drawn: 4 });
    for (let more = 0; more < 3; more++) await pages.next();
    expect(asked).toEqual([0, 3, 3, 3]);
  });
});
