import assert from 'node:assert/strict';
import { partitionsOf, text, texts } from '../context.js';
import { refused } from '../errors.js';
import { Gate } from '../gate.js';
import type { RecordingMember } from '../recording-member.js';
import type { ConformanceCase } from '../suite.js';

export const takeOverCases: readonly ConformanceCase[] = [
  {
    name: 'take-over: two members share the partitions, and every record reaches exactly one of them',
    needs: ['shared'],
    async run(context) {
      const [a, b] = [context.open('a'), context.open('b')];
      const topic = await context.topic(a, { partitions: 6 });
      const join = { group: context.name('group'), topics: [topic] };
      const members = [context.join(a, join), context.join(b, join)];
      await context.held(members, partitionsOf(topic, 6));
      await context.until('both hold some', () => members.every((member) => member.held.length === 3));
      const values = texts('v', 60);
      for (const [index, value] of values.entries()) await context.append(a, topic, index % 6, value);
      await context.arrived(members, values);
      assert.equal(members[0]!.seen.length + members[1]!.seen.length, values.length);
      for (const member of members) assert(member.seen.length > 0, 'both work');
    },
  },
  {
    name: 'take-over: a partition goes to another member only after `revoked` resolved',
    needs: ['shared'],
    async run(context) {
      const [a, b] = [context.open('a'), context.open('b')];
      const topic = await context.topic(a, { partitions: 4 });
      const join = { group: context.name('group'), topics: [topic] };
      const gate = new Gate();
      let leaving: readonly string[] = [];
      let early: string[] = [];
      const second: { member?: RecordingMember } = {};
      const first = context.join(a, join, {
        onRevoked: async (partitions) => {
          leaving = partitions.map(({ partition }) => `${topic}/${partition}`);
          await gate.passed();
          early = second.member!.held.filter((name) => leaving.includes(name));
        },
      });
      await context.held([first], partitionsOf(topic, 4));
      second.member = context.join(b, join);
      await context.until('the first member is asked to give up some', () => leaving.length > 0);
      for (const { partition } of partitionsOf(topic, 4))
        await context.append(a, topic, partition, `${partition}`);
      gate.open();
      await context.held([first, second.member], partitionsOf(topic, 4));
      await context.arrived([first, second.member], ['0', '1', '2', '3']);
      assert.deepEqual(early, [], 'taken before the owner gave it up');
    },
  },
  {
    name: 'take-over: `revoked` that does not resolve holds others up only for a while; its late commit is stale',
    needs: ['shared'],
    async run(context) {
      const [a, b] = [context.open('a'), context.open('b')];
      const topic = await context.topic(a, { partitions: 2 });
      const group = context.name('group');
      const gate = new Gate();
      let tried = false;
      const first = context.join(
        a,
        { group, topics: [topic] },
        {
          onRevoked: async (partitions, self) => {
            if (tried) return;
            await gate.passed();
            const entries = partitions.map((partition) => ({ ...partition, offset: 9, metadata: 'late' }));
            const commit = self.membership.commit(entries);
            await refused(commit, 'TRAMLINE_STALE_COMMIT').finally(() => (tried = true));
          },
        },
      );
      await context.held([first], partitionsOf(topic, 2));
      const second = context.join(b, { group, topics: [topic] });
      await context.until('the second member holds one', () => second.held.length > 0);
      gate.open();
      await context.until('the first member has tried to commit', () => tried);
      assert.deepEqual(await b.groups.committed(group, [topic]), []);
    },
  },
  {
    name: 'take-over: after a member closed, another goes on from its last commit',
    needs: ['shared'],
    async run(context) {
      const [a, b] = [context.open('a'), context.open('b')];
      const topic = await context.topic(a, { partitions: 2 });
      const join = { group: context.name('group'), topics: [topic] };
      const first = context.join(a, join, {
        onRevoked: (partitions, member) =>
          member.membership.commit(
            partitions.map(({ partition }) => ({
              topic,
              partition,
              offset: member.seen.filter((record) => record.partition === partition).length,
              metadata: '',
            })),
          ),
      });
      for (const partition of [0, 1]) await context.append(a, topic, partition, ...texts(`${partition}`, 5));
      await context.arrived([first], [...texts('0', 5), ...texts('1', 5)]);
      const second = context.join(b, join);
      await context.until('the second one joined', () => second.joined);
      await context.settled('the first one closes', first.close());
      await context.held([second], partitionsOf(topic, 2));
      await context.append(b, topic, 0, 'after');
      await context.arrived([second], ['after']);
      assert.deepEqual(second.seen.map(text), ['after']);
    },
  },
  {
    name: 'take-over: after a crash another gets all partitions, from the last commit',
    needs: ['shared', 'crash'],
    async run(context) {
      const [a, b] = [context.open('a'), context.open('b')];
      const topic = await context.topic(b, { partitions: 2 });
      const join = { group: context.name('group'), topics: [topic] };
      const first = context.join(a, join);
      for (const partition of [0, 1]) await context.append(b, topic, partition, ...texts(`${partition}`, 5));
      await context.arrived([first], [...texts('0', 5), ...texts('1', 5)]);
      await first.membership.commit([{ topic, partition: 0, offset: 3, metadata: 'map' }]);
      const seen = first.seen.length;
      await context.crash(a);
      const second = context.join(b, join);
      await context.held([second], partitionsOf(topic, 2));
      const expected = [...texts('0', 5).slice(3), ...texts('1', 5)];
      await context.arrived([second], expected);
      assert.deepEqual(second.seen.map(text).sort(), expected.sort());
      assert.equal(first.seen.length, seen, 'a crashed process is told nothing');
    },
  },
  {
    name: 'take-over: members of one group with different topics get only their own, and all topics are read',
    needs: ['shared'],
    async run(context) {
      const [a, b] = [context.open('old'), context.open('new')];
      const shared = await context.topic(a, { partitions: 2 });
      const added = await context.topic(a, { partitions: 2 });
      const group = context.name('group');
      const old = context.join(a, { group, topics: [shared] });
      await context.held([old], partitionsOf(shared, 2));
      const fresh = context.join(b, { group, topics: [shared, added] });
      await context.held([old, fresh], [...partitionsOf(shared, 2), ...partitionsOf(added, 2)]);
      for (const partition of [0, 1]) {
        await context.append(a, shared, partition, `shared ${partition}`);
        await context.append(a, added, partition, `added ${partition}`);
      }
      await context.arrived([old, fresh], [...texts('shared', 2), ...texts('added', 2)]);
      assert.deepEqual(
        old.assignments.flat().filter(({ topic }) => topic !== shared),
        [],
        'assigned a topic that it does not subscribe to',
      );
    },
  },
  {
    name: 'take-over: groups.describe tells members, their client ids and what each holds',
    needs: ['shared'],
    async run(context) {
      const [a, b] = [context.open('a'), context.open('b')];
      const topic = await context.topic(a, { partitions: 4 });
      const group = context.name('group');
      const members = [
        context.join(a, { group, topics: [topic], clientId: 'first' }),
        context.join(b, { group, topics: [topic], clientId: 'second' }),
      ];
      await context.held(members, partitionsOf(topic, 4));
      await context.until('both hold some', () => members.every((member) => member.held.length === 2));
      const described = async () =>
        (await a.groups.describe(group)).members
          .map(
            ({ clientId, partitions }) =>
              `${clientId}: ${partitions
                .map((p) => `${p.topic}/${p.partition}`)
                .sort()
                .join()}`,
          )
          .sort();
      const expected = members.map((member, index) => `${['first', 'second'][index]}: ${member.held.join()}`);
      await context.until(
        `the description says ${expected.join('; ')}`,
        async () => (await described()).join() === expected.join(),
      );
      const ids = (await a.groups.describe(group)).members.map(({ memberId }) => memberId);
      assert.equal(new Set(ids).size, 2, 'member ids are unique');
    },
  },
];
