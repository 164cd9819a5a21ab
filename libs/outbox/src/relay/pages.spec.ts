import { VirtualClock } from '@tramline/testing';
import type { OutboxRow, PendingRequest } from '@tramline/core/outbox';
import { expect, it } from 'vitest';
import { Floor } from './floor.js';
import { Pages, type PagesSetup } from './pages.js';

const PAGE = 3;

/** Pages over rows 1 to `count`, with lanes that the test lets land. */
async function world(count: number, { drawn = count, refused = [] as readonly number[] } = {}) {
  const rows = Array.from({ length: count }, (_, index) => index + 1);
  const asked: number[] = [];
  const flown: number[][] = [];
  const clock = new VirtualClock();
  const floor = new Floor({ horizon: async () => ({ drawn, writers: [] }) }, clock);
  const lanes = {
    resting: true,
    drops: 0,
    taken: { size: 0, bytes: 0, beyond: () => false },
    distribute(page: readonly OutboxRow[]) {
      flown.push(page.map(({ rowId }) => rowId));
      lanes.resting = false;
      return { taken: page.length, skipped: 0 };
    },
  };
  const outcomes = { setbacks: 0 };
  const pages = new Pages({
    store: {
      pending: async ({ after, limit }: PendingRequest) => {
        asked.push(after);
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
  return { pages, floor, lanes, outcomes, asked, flown };
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
