import assert from 'node:assert/strict';
import { partitionsOf, text, texts } from '../context.js';
import { Gate } from '../gate.js';
import type { ConformanceCase } from '../suite.js';

export const membershipCases: readonly ConformanceCase[] = [
  {
    name: 'membership: a member alone gets all partitions of all its topics, and each in order',
    async run(context) {
      const transport = context.open();
      const topics = [await context.topic(transport, { partitions: 3 }), await context.topic(transport)];
      const values = texts('v', 120);
      for (const [index, value] of values.entries()) {
        await context.append(transport, topics[0]!, index % 3, value);
      }
      await context.append(transport, topics[1]!, 0, 'other');
      const member = context.join(transport, { group: context.name('group'), topics });
      await context.held([member], [...partitionsOf(topics[0]!, 3), ...partitionsOf(topics[1]!, 1)]);
      await context.arrived([member], [...values, 'other']);
      assert.equal(member.seen.length, 121, 'nothing comes twice');
      for (const { partition } of partitionsOf(topics[0]!, 3)) {
        const seen = member.seen.filter(
          (record) => record.topic === topics[0] && record.partition === partition,
        );
        assert.deepEqual(
          seen.map(text),
          values.filter((_, index) => index % 3 === partition),
        );
      }
    },
  },
  {
    name: 'membership: records appended while a member waits are delivered',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { partitions: 2 });
      const member = context.join(transport, { group: context.name('group'), topics: [topic] });
      await context.held([member], partitionsOf(topic, 2));
      for (const value of texts('live', 10)) {
        await context.append(transport, topic, 1, value);
        await context.arrived([member], [value]);
      }
      assert.deepEqual(member.seen.map(text), texts('live', 10));
    },
  },
  {
    name: 'membership: an assignment tells what is committed (null at first), the earliest and the end offset',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { partitions: 2 });
      await context.append(transport, topic, 1, 'a', 'b');
      const member = context.join(transport, { group: context.name('group'), topics: [topic] });
      await context.held([member], partitionsOf(topic, 2));
      const told = member.assignments
        .flat()
        .sort((a, b) => a.partition - b.partition)
        .map(({ partition, committed, earliest, end }) => ({ partition, committed, earliest, end }));
      assert.deepEqual(told, [
        { partition: 0, committed: null, earliest: 0, end: 0 },
        { partition: 1, committed: null, earliest: 0, end: 2 },
      ]);
    },
  },
  {
    name: 'membership: delivery begins at the offset that `assigned` returned, after it resolved',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { partitions: 3 });
      for (const { partition } of partitionsOf(topic, 3)) {
        await context.append(transport, topic, partition, ...texts(`${partition}`, 10));
      }
      const gate = new Gate();
      const starts = [0, 4, 10];
      const member = context.join(
        transport,
        { group: context.name('group'), topics: [topic] },
        { start: ({ partition }) => starts[partition]!, onAssigned: () => gate.passed() },
      );
      await context.until('the assignment is told', () => member.assignments.length > 0);
      gate.open();
      await context.append(transport, topic, 2, 'new');
      const expected = [...texts('0', 10), ...texts('1', 10).slice(4), 'new'];
      await context.arrived([member], expected);
      assert.deepEqual(member.seen.map(text).sort(), expected.sort());
    },
  },
  {
    name: 'membership: a start that does not exist is out of range and delivers nothing; other partitions flow',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { partitions: 2 });
      await context.append(transport, topic, 0, ...texts('far', 3));
      await context.append(transport, topic, 1, 'witness');
      const member = context.join(
        transport,
        { group: context.name('group'), topics: [topic] },
        { start: ({ partition }) => (partition === 0 ? 1_000 : 0) },
      );
      await context.until('outOfRange is told', () => member.gaps.length > 0);
      await context.append(transport, topic, 0, 'more');
      await context.append(transport, topic, 1, 'second witness');
      await context.arrived([member], ['witness', 'second witness']);
      assert.deepEqual(
        member.gaps.map(({ partition, position }) => [partition.partition, position]),
        [[0, 1_000]],
      );
      assert.deepEqual(member.seen.map(text), ['witness', 'second witness']);
    },
  },
  {
    name: 'membership: a topic that does not exist yet is waited for',
    async run(context) {
      const transport = context.open();
      const [there, missing] = [await context.topic(transport), context.name('later')];
      const member = context.join(transport, { group: context.name('group'), topics: [there, missing] });
      await context.held([member], partitionsOf(there, 1));
      await transport.topics.create([{ name: missing, partitions: 2, cleanup: 'delete' }]);
      await context.held([member], [...partitionsOf(there, 1), ...partitionsOf(missing, 2)]);
      await context.append(transport, missing, 1, 'came');
      await context.arrived([member], ['came']);
    },
  },
  {
    name: 'membership: a member for whom nothing is left completes an empty assignment',
    needs: ['shared'],
    async run(context) {
      const [a, b] = [context.open('a'), context.open('b')];
      const topic = await context.topic(a);
      const join = { group: context.name('group'), topics: [topic] };
      const first = context.join(a, join);
      await context.held([first], partitionsOf(topic, 1));
      const second = context.join(b, join);
      await context.until(
        'both have joined',
        () => second.joined && first.held.length + second.held.length === 1,
      );
      const idle = first.held.length === 0 ? first : second;
      await context.until('the idle one was told', () =>
        idle.assignments.some((partitions) => partitions.length === 0),
      );
    },
  },
  {
    name: 'membership: groups do not disturb each other',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport);
      const members = ['x', 'y'].map((name) =>
        context.join(transport, { group: context.name(name), topics: [topic] }),
      );
      await context.append(transport, topic, 0, ...texts('both', 5));
      for (const member of members) await context.arrived([member], texts('both', 5));
    },
  },
  {
    name: 'membership: when `assigned` rejects, the member fails with that error and leaves',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport);
      const group = context.name('group');
      const error = new Error('the store of the test is broken');
      const member = context.join(
        transport,
        { group, topics: [topic] },
        { onAssigned: () => Promise.reject(error) },
      );
      await context.until('the failure is told', () =>
        member.statuses.some((status) => status.kind === 'failed'),
      );
      const failed = member.statuses.find((status) => status.kind === 'failed');
      assert.equal(failed?.error, error);
      await context.until(
        'it left',
        async () => (await transport.groups.describe(group)).members.length === 0,
      );
      assert.deepEqual(member.seen, []);
    },
  },
];
