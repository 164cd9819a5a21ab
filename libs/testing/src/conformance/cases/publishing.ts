import assert from 'node:assert/strict';
import { partitionsOf, plain, text, textRecord, texts } from '../context.js';
import { refused } from '../errors.js';
import type { ConformanceCase } from '../suite.js';

const OPTIONS = { timeoutMs: 10_000 };

export const publishingCases: readonly ConformanceCase[] = [
  {
    name: 'publish: offsets of a partition are consecutive, over batches and callers',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport);
      const first = await context.append(transport, topic, 0, 'a', 'b', 'c');
      const second = await context.append(transport, topic, 0, 'd');
      assert.equal(second.baseOffset, first.baseOffset + 3);
      const records = await context.read(transport, { topic, partition: 0 });
      assert.deepEqual(records.map(text), ['a', 'b', 'c', 'd']);
      assert.deepEqual(
        records.map(({ offset }) => offset),
        [0, 1, 2, 3].map((index) => first.baseOffset + index),
      );
    },
  },
  {
    name: 'publish: what was acknowledged is there after every transport was closed',
    needs: ['durable'],
    async run(context) {
      const writer = context.open();
      const topic = await context.topic(writer);
      await context.append(writer, topic, 0, ...texts('kept', 20));
      await writer.close();
      const records = await context.read(context.open(), { topic, partition: 0 });
      assert.deepEqual(records.map(text), texts('kept', 20));
    },
  },
  {
    name: 'publish: what one process appended another one reads',
    needs: ['shared'],
    async run(context) {
      const [writer, reader] = [context.open('writer'), context.open('reader')];
      const topic = await context.topic(writer);
      await context.append(writer, topic, 0, 'hello');
      assert.deepEqual((await context.read(reader, { topic, partition: 0 })).map(text), ['hello']);
    },
  },
  {
    name: 'publish: records of one append lie together, whoever else appends',
    needs: ['shared'],
    async run(context) {
      const writers = [context.open('a'), context.open('b')];
      const topic = await context.topic(writers[0]!);
      await Promise.all(
        writers.map(async (writer, index) => {
          for (let batch = 0; batch < 20; batch++) {
            await context.append(writer, topic, 0, ...texts(`${index}.${batch}`, 5));
          }
        }),
      );
      const records = (await context.read(writers[0]!, { topic, partition: 0 })).map(text);
      assert.equal(records.length, 200);
      for (let start = 0; start < records.length; start += 5) {
        const batch = records[start]!.split(' ')[0]!;
        assert.deepEqual(records.slice(start, start + 5), texts(batch, 5));
      }
    },
  },
  {
    name: 'publish: appends to different partitions run beside each other and keep their own order',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { partitions: 4 });
      await Promise.all(
        partitionsOf(topic, 4).map(async ({ partition }) => {
          for (const value of texts(`${partition}`, 10))
            await context.append(transport, topic, partition, value);
        }),
      );
      for (const target of partitionsOf(topic, 4)) {
        assert.deepEqual((await context.read(transport, target)).map(text), texts(`${target.partition}`, 10));
      }
    },
  },
  {
    name: "publish: a record keeps its own timestamp; others get the batch's",
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { retentionMs: null });
      const own = context.clock.now() - 60_000;
      const { timestamp } = await context.append(
        transport,
        topic,
        0,
        { ...textRecord('own'), timestamp: own },
        'given',
      );
      assert(Number.isInteger(timestamp) && timestamp > 0, `a timestamp in milliseconds, not ${timestamp}`);
      const records = await context.read(transport, { topic, partition: 0 });
      assert.deepEqual(
        records.map((record) => record.timestamp),
        [own, timestamp],
      );
    },
  },
  {
    name: 'publish: to an unknown topic is refused, with nothing written',
    async run(context) {
      const transport = context.open();
      const target = { topic: context.name('missing'), partition: 0 };
      const expected = { retriable: false, outcome: 'not-written' };
      await refused(transport.append(target, [textRecord('x')], OPTIONS), 'TRAMLINE_UNKNOWN_TOPIC', expected);
      await refused(transport.partitionCount(target.topic), 'TRAMLINE_UNKNOWN_TOPIC');
      assert.deepEqual(await transport.topics.list(target.topic), []);
    },
  },
  {
    name: 'publish: a record over the limit of its topic is refused together with its batch; the next append works',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { maxRecordBytes: 10_000 });
      const large = { key: null, value: new Uint8Array(20_000), headers: [] };
      const batch = [textRecord('small'), large];
      const expected = { retriable: false, outcome: 'not-written' };
      await refused(
        transport.append({ topic, partition: 0 }, batch, OPTIONS),
        'TRAMLINE_RECORD_TOO_LARGE',
        expected,
      );
      await context.append(transport, topic, 0, 'after');
      assert.deepEqual((await context.read(transport, { topic, partition: 0 })).map(text), ['after']);
    },
  },
  {
    name: 'publish: the bytes may be used again once the append resolved',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport);
      const record = textRecord('before');
      const expected = plain(record);
      await context.append(transport, topic, 0, record);
      record.key!.fill(0);
      record.value!.fill(0);
      const [stored] = await context.read(transport, { topic, partition: 0 });
      assert.deepEqual(plain(stored!), expected);
    },
  },
];
