import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MessagesStore } from './messages.store.js';

let store: MessagesStore;
beforeEach(async () => {
  store = await MessagesStore.open(':memory:');
});
afterEach(() => store.onApplicationShutdown());

describe('messages', () => {
  it('keeps one message per idempotency key, however often it is asked', () => {
    const first = store.take('+447700900123', 'Welcome', 'a');
    expect(store.take('+447700900123', 'Welcome', 'a')).toEqual(first);
    expect(store.list()).toEqual([first]);
  });

  it('lists by recipient, in the order they came', () => {
    for (const [to, key] of [
      ['+1000000', 'a'],
      ['+2000000', 'b'],
      ['+1000000', 'c'],
    ] as const) {
      store.take(to, 'Hello', key);
    }
    expect(store.list('+1000000').map(({ idempotencyKey }) => idempotencyKey)).toEqual(['a', 'c']);
    expect(store.list()).toHaveLength(3);
    expect(store.list('+3000000')).toEqual([]);
  });
});

describe('failures', () => {
  const calls = (count: number) => Array.from({ length: count }, () => store.shallFail());

  it('does not fail unasked', () => {
    expect(calls(3)).toEqual([false, false, false]);
  });

  it('fails the next calls, and then no more', () => {
    store.failAs({ next: 2, rate: 0 });
    expect(calls(4)).toEqual([true, true, false, false]);
  });

  it('fails every call at a rate of 1, until it is told otherwise', () => {
    store.failAs({ next: 0, rate: 1 });
    expect(calls(3)).toEqual([true, true, true]);
    store.failAs({ next: 0, rate: 0 });
    expect(calls(2)).toEqual([false, false]);
  });
});
