import { describe, expect, it } from 'vitest';
import { assign } from './assignor.js';

const partitions = (topic: string, count: number) =>
  Array.from({ length: count }, (_, partition) => ({ name: `${topic}/${partition}`, topic }));
const member = (memberId: string, topics: string[], held: string[] = []) => ({
  memberId,
  topics: new Set(topics),
  held: new Set(held),
});
const plain = (result: Map<string, Set<string>>) =>
  Object.fromEntries([...result].map(([id, names]) => [id, [...names]]));

describe('assign', () => {
  it('spreads evenly', () => {
    const result = plain(assign([member('a', ['t']), member('b', ['t'])], partitions('t', 5)));
    expect(result).toEqual({ a: ['t/0', 't/2', 't/4'], b: ['t/1', 't/3'] });
  });

  it('takes from the holder only what balance needs', () => {
    const held = partitions('t', 6).map(({ name }) => name);
    const result = plain(assign([member('a', ['t'], held), member('b', ['t'])], partitions('t', 6)));
    expect(result.b).toHaveLength(3);
    expect(result.a!.every((name) => held.includes(name))).toBe(true);
  });

  it('leaves an assignment that is balanced as it is', () => {
    const members = [member('a', ['t'], ['t/1', 't/2']), member('b', ['t'], ['t/0'])];
    expect(plain(assign(members, partitions('t', 3)))).toEqual({ a: ['t/1', 't/2'], b: ['t/0'] });
  });

  it('takes the union of all subscriptions and gives a partition only to a subscriber', () => {
    const members = [member('old', ['t']), member('new', ['t', 'u'])];
    const result = plain(assign(members, [...partitions('t', 4), ...partitions('u', 4)]));
    expect(result.old!.sort()).toEqual(['t/0', 't/1', 't/2', 't/3']);
    expect(result.new!.sort()).toEqual(['u/0', 'u/1', 'u/2', 'u/3']);
  });

  it('leaves a partition alone when nobody subscribes to it any more', () => {
    expect(
      plain(assign([member('a', ['t'], ['u/0'])], [...partitions('t', 1), ...partitions('u', 1)])),
    ).toEqual({
      a: ['t/0'],
    });
  });
});
