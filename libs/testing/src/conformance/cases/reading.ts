import assert from 'node:assert/strict';
import { text, texts } from '../context.js';
import { refused } from '../errors.js';
import type { ConformanceCase } from '../suite.js';

export const readingCases: readonly ConformanceCase[] = [
  {
    name: 'read: gives a range from `from` up to but not including `to`, in order',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport);
      const target = { topic, partition: 0 };
      const values = texts('r', 1_500);
      for (let start = 0; start < values.length; start += 250) {
        await context.append(transport, topic, 0, ...values.slice(start, start + 250));
      }
      const range = async (from: number, to: number) =>
        (await context.read(transport, target, from, to)).map(text);
      assert.deepEqual(await range(0, 1_500), values);
      assert.deepEqual(await range(10, 13), values.slice(10, 13));
      assert.deepEqual(await range(249, 251), values.slice(249, 251));
      assert.deepEqual(await range(1_499, 1_500), values.slice(1_499));
      assert.deepEqual(await range(7, 7), []);
      for (const record of await context.read(transport, target, 5, 8)) {
        assert.deepEqual([record.topic, record.partition, text(record)], [topic, 0, values[record.offset]]);
      }
    },
  },
  {
    name: 'read: ends at the end of the log, whatever is asked for and whatever comes meanwhile',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { partitions: 2 });
      await context.append(transport, topic, 0, ...texts('old', 300));
      const seen: string[] = [];
      const range = { topic, partition: 0, from: 0, to: Number.MAX_SAFE_INTEGER };
      for await (const batch of transport.read(range)) {
        await context.append(transport, topic, 0, 'meanwhile');
        seen.push(...batch.map(text));
      }
      assert.deepEqual(seen, texts('old', 300));
      assert.deepEqual(await context.read(transport, { topic, partition: 0 }, 5_000), []);
      assert.deepEqual(await context.read(transport, { topic, partition: 1 }), []);
    },
  },
  {
    name: 'read: needs no group and leaves none',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport);
      const before = await transport.groups.list();
      await context.append(transport, topic, 0, 'x');
      await context.read(transport, { topic, partition: 0 });
      const fresh = (await transport.groups.list()).filter((group) => !before.includes(group));
      assert.deepEqual(
        fresh.filter((group) => !group.startsWith('conformance.')),
        [],
      );
    },
  },
  {
    name: 'read: of an unknown topic is refused',
    async run(context) {
      const transport = context.open();
      await refused(
        context.read(transport, { topic: context.name('missing'), partition: 0 }),
        'TRAMLINE_UNKNOWN_TOPIC',
      );
    },
  },
  {
    name: 'read: several run at once, and one that is left early does not disturb the others',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport);
      const target = { topic, partition: 0 };
      for (let batch = 0; batch < 5; batch++)
        await context.append(transport, topic, 0, ...texts(`${batch}`, 100));
      const leave = async () => {
        for await (const batch of transport.read({ ...target, from: 0, to: 500 })) return batch.length;
        return 0;
      };
      const results = await Promise.all([
        context.read(transport, target),
        leave(),
        context.read(transport, target, 250),
      ]);
      assert.deepEqual([results[0].length, results[2].length], [500, 250]);
      assert(results[1] > 0);
    },
  },
  {
    name: 'read: stops when its signal is aborted',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport);
      for (let batch = 0; batch < 20; batch++)
        await context.append(transport, topic, 0, ...texts(`${batch}`, 100));
      const aborting = new AbortController();
      aborting.abort();
      let seen = 0;
      const reading = async () => {
        for await (const batch of transport.read({
          topic,
          partition: 0,
          from: 0,
          to: 2_000,
          signal: aborting.signal,
        })) {
          seen += batch.length;
        }
      };
      // Ending and rejecting with the reason are both an end; going on is not.
      await reading().catch((error: unknown) => assert.equal((error as Error).name, 'AbortError'));
      assert.equal(seen, 0);
    },
  },
];
