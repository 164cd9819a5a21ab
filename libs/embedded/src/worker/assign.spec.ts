import { describe, expect, it } from 'vitest';
import { assign, type Assignable, type Candidate } from './assign.js';

const member = (id: string, ...topics: string[]): Candidate => ({ id, topics: new Set(topics) });

/** Partitions of topics, `{ orders: 6 }`, with the holders that an earlier assignment gave them. */
function partitions(topics: Record<string, number>, before = new Map<number, string>()): Assignable[] {
  let id = 0;
  return Object.entries(topics).flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, partition) => {
      id++;
      return { id, topic, partition, current: before.get(id) ?? null };
    }),
  );
}

const sizes = (targets: Map<number, string>) => {
  const counts = new Map<string, number>();
  for (const owner of targets.values()) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  return [...counts.values()].sort((a, b) => a - b);
};

describe('assign', () => {
  it('spreads evenly', () => {
    const members = ['a', 'b', 'c', 'd'].map((id) => member(id, 't'));
    expect(sizes(assign(members, partitions({ t: 10 })))).toEqual([2, 2, 3, 3]);
  });

  it('gives nothing to members beyond the number of partitions', () => {
    const members = ['a', 'b', 'c'].map((id) => member(id, 't'));
    expect(sizes(assign(members, partitions({ t: 2 })))).toEqual([1, 1]);
  });

  it('moves only what must move when a member joins', () => {
    const before = assign([member('a', 't'), member('b', 't')], partitions({ t: 6 }));
    const after = assign(
      [member('a', 't'), member('b', 't'), member('c', 't')],
      partitions({ t: 6 }, before),
    );
    const moved = [...after].filter(([id, owner]) => before.get(id) !== owner);
    expect(moved).toHaveLength(2);
    expect(moved.every(([, owner]) => owner === 'c')).toBe(true);
  });

  it('moves only what the member that left had', () => {
    const three = ['a', 'b', 'c'].map((id) => member(id, 't'));
    const before = assign(three, partitions({ t: 9 }));
    const after = assign(three.slice(0, 2), partitions({ t: 9 }, before));
    const moved = [...after].filter(([id, owner]) => before.get(id) !== owner);
    expect(moved.map(([id]) => before.get(id))).toEqual(['c', 'c', 'c']);
    expect(sizes(after)).toEqual([4, 5]);
  });

  it('keeps partitions of one number of like topics together', () => {
    const topics = { orders: 6, payments: 6 };
    const targets = assign(
      ['a', 'b', 'c', 'd'].map((id) => member(id, 'orders', 'payments')),
      partitions(topics),
    );
    for (let number = 1; number <= 6; number++) expect(targets.get(number)).toBe(targets.get(number + 6));
  });

  it('gives a partition only to a member that subscribes, and none when nobody does', () => {
    const targets = assign([member('old', 'a'), member('new', 'a', 'b')], partitions({ a: 2, b: 2, c: 2 }));
    expect([targets.get(3), targets.get(4)]).toEqual(['new', 'new']);
    expect([targets.get(5), targets.get(6)]).toEqual([undefined, undefined]);
    expect(new Set([targets.get(1), targets.get(2)])).toEqual(new Set(['old', 'new']));
  });

  it('changes nothing when asked again, whatever happened before', () => {
    let state = 7;
    const chance = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
    let before = new Map<number, string>();
    for (let round = 0; round < 300; round++) {
      const members = Array.from({ length: 1 + chance(5) }, () => chance(8)).map((id) =>
        member(`m${id}`, ...(chance(3) > 0 ? ['a', 'b'] : ['a'])),
      );
      const distinct = [...new Map(members.map((one) => [one.id, one])).values()];
      const topics = { a: 6, b: 6 };
      const once = assign(distinct, partitions(topics, before));
      const again = assign(distinct, partitions(topics, once));
      expect([...again]).toEqual([...once]);
      expect([...once.keys()].filter((id) => id <= 6)).toHaveLength(6);
      before = once;
    }
  });
});
