import { partitionName, type TopicPartition } from '@tramline/core';
import { describe, expect, it } from 'vitest';
import { assign, believedClaims, type Applicant } from './assign.js';

const member = (
  memberId: string,
  topics: string[],
  owned: readonly TopicPartition[] = [],
  generation = 1,
): Applicant => ({
  memberId,
  topics,
  owned,
  generation,
});
const all = (topic: string, count: number) =>
  Array.from({ length: count }, (_, partition) => ({ topic, partition }));
const names = (partitions: readonly TopicPartition[] | undefined) =>
  (partitions ?? []).map(partitionName).sort();

describe('assign', () => {
  it('gives every partition to exactly one subscriber, evenly', () => {
    const shares = assign([member('a', ['t']), member('b', ['t']), member('c', ['t'])], new Map([['t', 8]]));
    expect([...shares.values()].map(({ length }) => length).sort((a, b) => a - b)).toEqual([2, 3, 3]);
    expect([...shares.values()].flatMap((share) => names(share)).sort()).toEqual(names(all('t', 8)));
  });

  it('takes the topics of all members, and gives each only to those that subscribe to it', () => {
    const counts = new Map([
      ['old', 4],
      ['new', 4],
    ]);
    const shares = assign([member('a', ['old']), member('b', ['old', 'new'])], counts);
    expect(names(shares.get('a')).every((name) => name.startsWith('old/'))).toBe(true);
    expect(names(shares.get('b')).filter((name) => name.startsWith('new/'))).toEqual(names(all('new', 4)));
  });

  it('leaves partitions where they are when somebody joins, but for his share', () => {
    const before = assign([member('a', ['t']), member('b', ['t'])], new Map([['t', 12]]));
    const applicants = [...before].map(([id, owned]) => member(id, ['t'], owned));
    const after = assign([...applicants, member('c', ['t'])], new Map([['t', 12]]));
    expect([...after.values()].map(({ length }) => length)).toEqual([4, 4, 4]);
    for (const id of ['a', 'b'])
      for (const name of names(after.get(id))) expect(names(before.get(id))).toContain(name);
  });

  it('moves nothing when somebody leaves, but what he had', () => {
    const before = assign([member('a', ['t']), member('b', ['t']), member('c', ['t'])], new Map([['t', 12]]));
    const rest = ['a', 'b'].map((id) => member(id, ['t'], before.get(id)));
    const after = assign(rest, new Map([['t', 12]]));
    for (const id of ['a', 'b']) {
      expect(after.get(id)).toHaveLength(6);
      for (const name of names(before.get(id))) expect(names(after.get(id))).toContain(name);
    }
  });

  it('keeps the same partition of topics with as many together', () => {
    const topics = ['orders', 'shop.retry.10s', 'shop.retry.1m'];
    const shares = assign(
      [member('a', topics), member('b', topics)],
      new Map(topics.map((topic) => [topic, 6])),
    );
    for (const share of shares.values()) {
      const numbers = (topic: string) =>
        share
          .filter((one) => one.topic === topic)
          .map(({ partition }) => partition)
          .sort((a, b) => a - b);
      expect(numbers('shop.retry.10s')).toEqual(numbers('orders'));
      expect(numbers('shop.retry.1m')).toEqual(numbers('orders'));
    }
  });

  it('levels many topics of one partition, also when one member has them all', () => {
    const topics = Array.from({ length: 10 }, (_, index) => `t${index}`);
    const counts = new Map(topics.map((topic) => [topic, 1]));
    const owned = topics.map((topic) => ({ topic, partition: 0 }));
    const shares = assign([member('a', topics, owned), member('b', topics)], counts);
    expect([...shares.values()].map(({ length }) => length)).toEqual([5, 5]);
  });

  it('ends, however members and topics lie', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = randomFrom(seed);
      const topics = Array.from({ length: 1 + random(6) }, (_, index) => `t${index}`);
      const counts = new Map(topics.map((topic) => [topic, 1 + random(9)]));
      const everything = topics.flatMap((topic) => all(topic, counts.get(topic)!));
      const members = Array.from({ length: 1 + random(5) }, (_, index) =>
        member(
          `m${index}`,
          topics.filter(() => random(3) > 0),
          everything.filter(() => random(4) === 0),
          random(3),
        ),
      );
      const shares = assign(members, counts);
      const subscribed = new Set(members.flatMap((one) => one.topics));
      const given = [...shares.values()].flatMap((share) => names(share)).sort();
      expect(given).toEqual(names(everything.filter(({ topic }) => subscribed.has(topic))));
      for (const one of members)
        for (const { topic } of shares.get(one.memberId)!) expect(one.topics).toContain(topic);
    }
  });
});

describe('claims', () => {
  it('of a younger generation are believed; of two equally young ones neither', () => {
    const claims = believedClaims([
      member('zombie', ['t'], all('t', 2), 3),
      member('owner', ['t'], [{ topic: 't', partition: 0 }], 7),
      member('other', ['t'], [{ topic: 't', partition: 1 }], 3),
    ]);
    expect([...claims]).toEqual([['t/0', 'owner']]);
  });
});

function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fff_ffff;
    return state % below;
  };
}
