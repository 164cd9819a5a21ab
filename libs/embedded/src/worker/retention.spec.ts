import { beforeEach, expect, it } from 'vitest';
import { testDirectory } from '../spec/directory.js';
import { appendTo, contentsOf, testStore, testTopic } from '../spec/store.js';
import { offsets } from './offsets.js';
import { findOld, trim } from './retention.js';
import type { Store } from './store.js';

let store: Store;

beforeEach(async () => {
  store = await testStore(testDirectory());
});

/** All rounds, as the chores run them. Answers in how many transactions. */
function retain(now: number): number {
  let steps = 0;
  for (const found of findOld(store.read, now)) {
    let more = true;
    while (more) {
      more = store.write.transaction(() => trim(store.write, found));
      steps++;
    }
  }
  return steps;
}

const numbered = (count: number, at: (index: number) => number) =>
  Array.from({ length: count }, (_, index) => [at(index), null, `${index}`] as const);

it('deletes what is older than the retention, from the front', () => {
  testTopic(store, { name: 't', retentionMs: 1_000 });
  appendTo(
    store,
    't',
    numbered(5, (index) => index * 1_000),
  );
  retain(3_500);
  expect(contentsOf(store)).toEqual([
    [3, '3'],
    [4, '4'],
  ]);
  expect(offsets(store.read, 't')).toEqual([{ partition: 0, earliest: 3, end: 5 }]);
});

it('never gives an offset twice, even when everything is deleted', () => {
  testTopic(store, { name: 't', retentionMs: 1_000 });
  appendTo(
    store,
    't',
    numbered(5, () => 0),
  );
  retain(1_000_000);
  expect(offsets(store.read, 't')).toEqual([{ partition: 0, earliest: 5, end: 5 }]);
  appendTo(store, 't', [[2_000_000, null, 'next']]);
  expect(contentsOf(store)).toEqual([[5, 'next']]);
});

it('keeps what lies behind a younger record, since only the front goes', () => {
  testTopic(store, { name: 't', retentionMs: 1_000 });
  appendTo(store, 't', [
    [0, null, 'old'],
    [9_000, null, 'young'],
    [0, null, 'late'],
  ]);
  retain(9_500);
  expect(contentsOf(store).map(([, value]) => value)).toEqual(['young', 'late']);
});

it('deletes much in small steps', () => {
  testTopic(store, { name: 't', retentionMs: 1_000 });
  appendTo(
    store,
    't',
    numbered(2_600, (index) => (index < 2_500 ? 0 : 50_000)),
  );
  expect(retain(50_000)).toBe(5);
  expect(contentsOf(store)).toHaveLength(100);
  expect(store.read.all('SELECT until_offset FROM stretches')).toEqual([]);
});

it('leaves topics that keep everything, and compacted ones, alone', () => {
  testTopic(store, { name: 'ever', retentionMs: null });
  testTopic(store, { name: 'state', retentionMs: 1_000, cleanup: 'compact' });
  for (const topic of ['ever', 'state'])
    appendTo(
      store,
      topic,
      numbered(3, () => 0),
    );
  expect(findOld(store.read, 1_000_000)).toEqual([]);
});
