import assert from 'node:assert/strict';
import { partitionsOf, text, texts } from '../context.js';
import { Gate } from '../gate.js';
import type { ConformanceCase } from '../suite.js';

export const pauseCases: readonly ConformanceCase[] = [
  {
    name: 'pause: nothing comes while paused, other partitions flow, and nothing is skipped afterwards',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { partitions: 2 });
      const member = context.join(transport, { group: context.name('group'), topics: [topic] });
      await context.held([member], partitionsOf(topic, 2));
      const paused = [{ topic, partition: 0 }];
      const expected: string[] = [];
      for (let round = 0; round < 5; round++) {
        member.pause(paused);
        const values = texts(`round ${round}`, 10);
        expected.push(...values);
        await context.append(transport, topic, 0, ...values);
        await context.append(transport, topic, 1, `witness ${round}`);
        await context.arrived([member], [`witness ${round}`]);
        member.resume(paused);
        await context.arrived([member], values);
      }
      const seen = member.seen.filter(({ partition }) => partition === 0);
      assert.deepEqual(seen.map(text), expected);
    },
  },
  {
    name: 'pause: from within `records` it holds back what was fetched already, and nothing is skipped',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { partitions: 2 });
      const values = texts('v', 1_000);
      for (let start = 0; start < values.length; start += 100) {
        await context.append(transport, topic, 0, ...values.slice(start, start + 100));
      }
      let pauses = 0;
      const member = context.join(
        transport,
        { group: context.name('group'), topics: [topic] },
        {
          onRecords: ({ partition }, self) => {
            if (partition !== 0) return;
            self.pause([{ topic, partition: 0 }]);
            pauses++;
          },
        },
      );
      await context.held([member], partitionsOf(topic, 2));
      const all = () => member.seen.filter(({ partition }) => partition === 0).length === values.length;
      await context.until('every record came, resumed after each pause', () => {
        if (!all()) member.resume([{ topic, partition: 0 }]);
        return all();
      });
      assert(pauses > 0);
      assert.deepEqual(member.seen.map(text), values);
    },
  },
  {
    name: 'pause: partitions that are not held are ignored',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport);
      const member = context.join(transport, { group: context.name('group'), topics: [topic] });
      member.membership.pause(partitionsOf(topic, 1));
      member.membership.pause([{ topic: context.name('missing'), partition: 3 }]);
      member.membership.resume([{ topic: context.name('missing'), partition: 3 }]);
      await context.append(transport, topic, 0, 'x');
      await context.arrived([member], ['x']);
    },
  },
  {
    name: 'pause: a batch that is still under way holds its own partition back and no other',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { partitions: 2 });
      const gate = new Gate();
      const member = context.join(
        transport,
        { group: context.name('group'), topics: [topic] },
        { onRecords: ({ partition }) => (partition === 0 ? gate.passed() : undefined) },
      );
      await context.held([member], partitionsOf(topic, 2));
      await context.append(transport, topic, 0, 'slow');
      await context.arrived([member], ['slow']);
      await context.append(transport, topic, 0, 'behind');
      for (const value of texts('quick', 5)) {
        await context.append(transport, topic, 1, value);
        await context.arrived([member], [value]);
      }
      assert(!member.seen.map(text).includes('behind'));
      gate.open();
      await context.arrived([member], ['behind']);
    },
  },
];
