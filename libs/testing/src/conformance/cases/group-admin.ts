import assert from 'node:assert/strict';
import { partitionsOf, text, texts } from '../context.js';
import { refused } from '../errors.js';
import type { ConformanceCase } from '../suite.js';

export const groupAdminCases: readonly ConformanceCase[] = [
  {
    name: 'groups: are listed by prefix while they have members or commits; one unknown has no members',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport);
      const prefix = context.name('list');
      const groups = [`${prefix}.b`, `${prefix}.a`];
      const members = groups.map((group) => context.join(transport, { group, topics: [topic] }));
      for (const member of members) await context.held([member], partitionsOf(topic, 1));
      assert.deepEqual(await transport.groups.list(prefix), [...groups].sort());
      await members[0]!.membership.commit([{ topic, partition: 0, offset: 0, metadata: '' }]);
      for (const member of members) await context.settled('the member closes', member.close());
      await context.until('the one with a commit stays', async () =>
        (await transport.groups.list(prefix)).includes(groups[0]!),
      );
      const unknown = context.name('unknown');
      assert.deepEqual({ ...(await transport.groups.describe(unknown)) }, { group: unknown, members: [] });
      assert.deepEqual(await transport.groups.committed(unknown, [topic]), []);
    },
  },
  {
    name: 'groups: reset sets positions by force; the next member starts there, with empty metadata',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { partitions: 2 });
      const group = context.name('group');
      await context.append(transport, topic, 0, ...texts('x', 5));
      const first = context.join(transport, { group, topics: [topic] });
      await context.arrived([first], texts('x', 5));
      await first.membership.commit([{ topic, partition: 0, offset: 5, metadata: 'map' }]);
      await context.settled('the member closes', first.close());
      await context.until(
        'the group is empty',
        async () => (await transport.groups.describe(group)).members.length === 0,
      );
      await transport.groups.reset(group, [{ topic, partition: 0, offset: 2 }]);
      const stored = await transport.groups.committed(group, [topic]);
      assert.deepEqual(
        stored.map((entry) => ({ ...entry })),
        [{ topic, partition: 0, offset: 2, metadata: '' }],
      );
      const second = context.join(transport, { group, topics: [topic] });
      await context.arrived([second], texts('x', 5).slice(2));
      assert.deepEqual(second.seen.map(text), texts('x', 5).slice(2));
    },
  },
  {
    name: 'groups: reset moves what it names, forwards and backwards, and leaves other partitions and groups',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { partitions: 3 });
      const [group, other] = [context.name('group'), context.name('other')];
      const at = (...offsets: number[]) => offsets.map((offset, partition) => ({ topic, partition, offset }));
      for (const { partition } of partitionsOf(topic, 3))
        await context.append(transport, topic, partition, ...texts(`${partition}`, 5));
      for (const name of [group, other]) await transport.groups.reset(name, at(2, 2, 2));
      await transport.groups.reset(group, at(0, 5));
      const stored = async (name: string) => {
        const found = await transport.groups.committed(name, [topic]);
        return [...found].sort((a, b) => a.partition - b.partition).map(({ offset }) => offset);
      };
      assert.deepEqual(await stored(group), [0, 5, 2]);
      assert.deepEqual(await stored(other), [2, 2, 2]);
      const member = context.join(transport, { group, topics: [topic] });
      const expected = [...texts('0', 5), ...texts('2', 5).slice(2)];
      await context.arrived([member], expected);
      assert.deepEqual(member.seen.map(text).sort(), expected);
    },
  },
  {
    name: 'groups: reset is refused while the group has members, before anything changed',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport);
      const group = context.name('group');
      const member = context.join(transport, { group, topics: [topic] });
      await context.held([member], partitionsOf(topic, 1));
      await member.membership.commit([{ topic, partition: 0, offset: 0, metadata: 'kept' }]);
      await refused(
        transport.groups.reset(group, [{ topic, partition: 0, offset: 9 }]),
        'TRAMLINE_GROUP_ACTIVE',
      );
      const [stored] = await transport.groups.committed(group, [topic]);
      assert.deepEqual([stored?.offset, stored?.metadata], [0, 'kept']);
    },
  },
];
