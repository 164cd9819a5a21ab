import { beforeEach, expect, it } from 'vitest';
import { testDirectory } from '../spec/directory.js';
import { appendTo, contentsOf, testStore, testTopic } from '../spec/store.js';
import { compact, findUncompacted } from './compaction.js';
import { readBatch } from './read-batch.js';
import type { Store } from './store.js';

const DAY = 86_400_000;

let store: Store;

beforeEach(async () => {
  store = await testStore(testDirectory());
  testTopic(store, { name: 'state', cleanup: 'compact' });
});

function compactAll(now: number): void {
  for (const partition of findUncompacted(store.read, now)) {
    while (store.write.transaction(() => compact(store.write, partition, now)));
  }
}

it('keeps the newest record of each key, where it lies', () => {
  appendTo(store, 'state', [
    [1, 'a', 'a1'],
    [2, 'b', 'b1'],
    [3, 'a', 'a2'],
    [4, 'c', 'c1'],
    [5, 'a', 'a3'],
  ]);
  compactAll(10);
  expect(contentsOf(store)).toEqual([
    [1, 'b1'],
    [3, 'c1'],
    [4, 'a3'],
  ]);
});

it('compares new records with all old ones, over several rounds', () => {
  appendTo(
    store,
    'state',
    Array.from({ length: 1_200 }, (_, index) => [1, `key ${index % 700}`, `${index}`] as const),
  );
  compactAll(10);
  expect(contentsOf(store)).toHaveLength(700);
  appendTo(store, 'state', [[2, 'key 3', 'newest']]);
  compactAll(10);
  const contents = contentsOf(store);
  expect(contents).toHaveLength(700);
  expect(contents.at(-1)).toEqual([1_200, 'newest']);
  expect(findUncompacted(store.read, 10)).toEqual([]);
});

it('keeps records without a key, and a deletion for a day', () => {
  appendTo(store, 'state', [
    [0, null, 'x'],
    [0, 'a', 'a1'],
    [0, 'a', null],
    [0, null, 'x'],
  ]);
  compactAll(DAY - 1);
  expect(contentsOf(store)).toEqual([
    [0, 'x'],
    [2, null],
    [3, 'x'],
  ]);
  compactAll(DAY + 1);
  expect(contentsOf(store)).toEqual([
    [0, 'x'],
    [3, 'x'],
  ]);
});

it('leaves gaps that readers move over, also at the end', () => {
  appendTo(store, 'state', [
    [0, 'a', '1'],
    [0, 'b', '2'],
    [0, 'a', null],
  ]);
  compactAll(2 * DAY);
  const first = readBatch(store.read, 1, 0, 3)!;
  expect([[...first.layout].filter((_, index) => index % 5 === 0), first.nextOffset]).toEqual([[1], 3]);
  const rest = readBatch(store.read, 1, 2, 3)!;
  expect([rest.layout.length, rest.nextOffset]).toEqual([0, 3]);
  expect(readBatch(store.read, 1, 3, 3)).toBeUndefined();
});
