import { expect, it } from 'vitest';
import { bucketOf } from './bucket.js';

const key = (text: string) => ({ key: new TextEncoder().encode(text) });

it('depends on topic and key, not on the event', () => {
  const first = bucketOf({ id: 'a', topic: 'user.registered', record: key('ada') }, 64);
  expect(bucketOf({ id: 'b', topic: 'user.registered', record: key('ada') }, 64)).toBe(first);
  // Rows of other processes and versions lie in the same table: the figure itself must stay.
  expect(first).toBe(2);
});

it('spreads keys, and events without one', () => {
  const ids = Array.from({ length: 2_000 }, (_, n) => `${n}`);
  const keyed = new Set(ids.map((id) => bucketOf({ id: 'x', topic: 't', record: key(id) }, 64)));
  const keyless = new Set(ids.map((id) => bucketOf({ id, topic: 't', record: { key: null } }, 64)));
  expect(keyed.size).toBe(64);
  expect(keyless.size).toBe(64);
});

it('does not confuse where the topic ends and the key begins', () => {
  const all = Array.from({ length: 50 }, (_, n) => [`a${n}`, `b${n}`] as const);
  const differs = ([a, b]: readonly [string, string]) =>
    bucketOf({ id: '', topic: a, record: key(b) }, 64) !==
    bucketOf({ id: '', topic: `${a}${b}`, record: key('') }, 64);
  expect(all.some(differs)).toBe(true);
});
