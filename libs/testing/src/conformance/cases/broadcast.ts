import assert from 'node:assert/strict';
import { partitionsOf, text, texts } from '../context.js';
import type { ConformanceCase } from '../suite.js';

export const broadcastCases: readonly ConformanceCase[] = [
  {
    name: 'broadcast: every member gets every partition, starts where it says, and remembers nothing',
    needs: ['shared'],
    async run(context) {
      const [a, b] = [context.open('a'), context.open('b')];
      const topic = await context.topic(a, { partitions: 3 });
      const join = { group: context.name('broadcast'), topics: [topic], broadcast: true };
      for (const { partition } of partitionsOf(topic, 3))
        await context.append(a, topic, partition, `old ${partition}`);
      const atEnd = context.join(a, join, { start: ({ end }) => end });
      const atEarliest = context.join(b, join);
      for (const member of [atEnd, atEarliest]) await context.held([member], partitionsOf(topic, 3));
      for (const { partition } of partitionsOf(topic, 3))
        await context.append(a, topic, partition, `new ${partition}`);
      await context.arrived([atEnd], texts('new', 3));
      await context.arrived([atEarliest], [...texts('old', 3), ...texts('new', 3)]);
      assert.deepEqual(atEnd.seen.map(text).sort(), texts('new', 3));
      assert.equal(atEarliest.seen.length, 6);
      for (const { committed } of [...atEnd.assignments, ...atEarliest.assignments].flat())
        assert.equal(committed, null);
      await context.settled('the member closes', atEarliest.close());
      assert.deepEqual(await a.groups.committed(join.group, [topic]), []);
      const again = context.join(b, join);
      await context.arrived([again], [...texts('old', 3), ...texts('new', 3)]);
    },
  },
  {
    name: 'broadcast: partitions that are added while reading are assigned too',
    needs: ['growth'],
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport);
      const member = context.join(transport, {
        group: context.name('broadcast'),
        topics: [topic],
        broadcast: true,
      });
      await context.held([member], partitionsOf(topic, 1));
      await transport.topics.grow(topic, 2);
      await context.held([member], partitionsOf(topic, 2));
      await context.append(transport, topic, 1, 'new');
      await context.append(transport, topic, 0, 'old');
      await context.arrived([member], ['new', 'old']);
    },
  },
  {
    name: 'broadcast: pauses and resumes like any member',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { partitions: 2 });
      const member = context.join(transport, {
        group: context.name('broadcast'),
        topics: [topic],
        broadcast: true,
      });
      await context.held([member], partitionsOf(topic, 2));
      member.pause([{ topic, partition: 0 }]);
      await context.append(transport, topic, 0, ...texts('held', 5));
      await context.append(transport, topic, 1, 'witness');
      await context.arrived([member], ['witness']);
      assert.deepEqual(member.seen.map(text), ['witness']);
      member.resume([{ topic, partition: 0 }]);
      await context.arrived([member], texts('held', 5));
    },
  },
];
