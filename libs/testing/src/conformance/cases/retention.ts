import assert from 'node:assert/strict';
import type { Transport } from '@tramline/core';
import { text, textRecord, texts, type CaseContext } from '../context.js';
import type { ConformanceCase } from '../suite.js';

const HOUR_MS = 3_600_000;

export const retentionCases: readonly ConformanceCase[] = [
  {
    name: 'retention: what is older than its topic keeps goes, from the front; offsets are never given again',
    needs: ['retention'],
    async run(context) {
      const transport = context.open();
      const { topic, ever } = await expired(context, transport);
      const left = await context.read(transport, { topic, partition: 0 });
      assert.deepEqual(left.map(text), texts('young', 2));
      assert.deepEqual(
        left.map(({ offset }) => offset),
        [3, 4],
      );
      assert.deepEqual(await context.read(transport, { topic, partition: 1 }), []);
      const { baseOffset } = await context.append(transport, topic, 1, 'next');
      assert.equal(baseOffset, 2);
      const kept = await context.read(transport, { topic: ever, partition: 0 });
      assert.deepEqual(kept.map(text), ['kept'], 'a topic that keeps for ever lost a record');
    },
  },
  {
    name: 'retention: a member whose position is gone is told so and gets nothing there; other partitions flow',
    needs: ['retention'],
    async run(context) {
      const transport = context.open();
      const { topic } = await expired(context, transport);
      const group = context.name('group');
      await transport.groups.reset(group, [
        { topic, partition: 0, offset: 1 },
        { topic, partition: 1, offset: 2 },
      ]);
      const member = context.join(transport, { group, topics: [topic] });
      await context.until('outOfRange is told', () => member.gaps.length > 0);
      await context.append(transport, topic, 0, 'more');
      await context.append(transport, topic, 1, 'witness');
      await context.arrived([member], ['witness']);
      assert.deepEqual(member.seen.map(text), ['witness']);
      const [gap, ...others] = member.gaps;
      assert.deepEqual(others, []);
      assert.deepEqual([gap?.partition.partition, gap?.position], [0, 1]);
      const told = member.assignments.flat().find(({ partition }) => partition === 0);
      assert.deepEqual([told?.earliest, told?.end], [3, 5]);
    },
  },
];

/** A topic that lost three old records of partition 0, with two young ones behind them, and both of partition 1. */
async function expired(context: CaseContext, transport: Transport): Promise<{ topic: string; ever: string }> {
  const topic = await context.topic(transport, { partitions: 2, retentionMs: HOUR_MS });
  const ever = await context.topic(transport, { retentionMs: null });
  const timestamp = context.clock.now() - 2 * HOUR_MS;
  const old = (value: string) => ({ ...textRecord(value), timestamp });
  await context.append(transport, topic, 0, ...texts('old', 3).map(old), ...texts('young', 2));
  await context.append(transport, topic, 1, ...texts('old', 2).map(old));
  await context.append(transport, ever, 0, old('kept'));
  for (const name of [topic, ever]) await context.world.expire?.(name);
  await context.until('the old records are gone', async () => {
    const offsets = await transport.topics.offsets(topic);
    return offsets.map(({ earliest, end }) => `${earliest}-${end}`).join() === '3-5,2-2';
  });
  return { topic, ever };
}
