import assert from 'node:assert/strict';
import { partitionsOf, text, texts } from '../context.js';
import { refused } from '../errors.js';
import type { ConformanceCase } from '../suite.js';

export const topicCases: readonly ConformanceCase[] = [
  {
    name: 'topics: are described as they were made, in the order asked for, without those that do not exist',
    async run(context) {
      const transport = context.open();
      const [plain, kept] = [context.name('plain'), context.name('kept')];
      await transport.topics.create([
        { name: plain, cleanup: 'delete' },
        { name: kept, cleanup: 'compact', partitions: 3 },
        {
          name: `${plain}.short`,
          cleanup: 'delete',
          partitions: 1,
          retentionMs: 3_600_000,
          maxRecordBytes: 50_000,
        },
        { name: `${plain}.ever`, cleanup: 'delete', partitions: 1, retentionMs: null },
      ]);
      const asked = [kept, context.name('missing'), `${plain}.short`, plain, `${plain}.ever`];
      const [compacted, short, byDefault, ever, ...more] = await transport.topics.describe(asked);
      assert.deepEqual(more, []);
      assert.deepEqual([compacted?.name, compacted?.partitions, compacted?.cleanup], [kept, 3, 'compact']);
      assert.deepEqual(
        [short?.name, short?.partitions, short?.cleanup, short?.retentionMs, short?.maxRecordBytes],
        [`${plain}.short`, 1, 'delete', 3_600_000, 50_000],
      );
      assert.deepEqual([byDefault?.name, byDefault?.partitions], [plain, 6]);
      assert.equal(ever?.retentionMs, null);
      assert.equal(await transport.partitionCount(kept), 3);
    },
  },
  {
    name: 'topics: creating one that exists changes nothing, also when several do it at once',
    async run(context) {
      const transports = Array.from({ length: 4 }, (_, index) =>
        index === 0 || !context.setup.lacks?.includes('shared') ? context.open(`c${index}`) : undefined,
      ).filter((transport) => transport !== undefined);
      const first = transports[0]!;
      const names = [context.name('topic'), context.name('topic')];
      const create = names.map((name) => ({ name, partitions: 2, cleanup: 'delete' as const }));
      await Promise.all([...transports, ...transports].map((transport) => transport.topics.create(create)));
      await context.append(first, names[0]!, 1, 'stays');
      await first.topics.create([{ name: names[0]!, partitions: 5, cleanup: 'compact' }]);
      const [described] = await first.topics.describe([names[0]!]);
      assert.deepEqual([described?.partitions, described?.cleanup], [2, 'delete']);
      assert.deepEqual((await context.read(first, { topic: names[0]!, partition: 1 })).map(text), ['stays']);
    },
  },
  {
    name: 'topics: are listed by prefix, sorted',
    async run(context) {
      const { topics } = context.open();
      const prefix = context.name('list');
      const names = ['.b', '.a', 'a', '.a.z'].map((end) => prefix + end);
      await topics.create(names.map((name) => ({ name, partitions: 1, cleanup: 'delete' })));
      assert.deepEqual(await topics.list(prefix), [...names].sort());
      assert.deepEqual(await topics.list(`${prefix}.a`), [`${prefix}.a`, `${prefix}.a.z`]);
      assert((await topics.list()).includes(names[0]!), 'without a prefix all topics are listed');
    },
  },
  {
    name: 'topics: growing adds partitions and keeps records; growing to fewer changes nothing',
    needs: ['growth'],
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { partitions: 2 });
      await context.append(transport, topic, 1, 'stays');
      await transport.topics.grow(topic, 5);
      await transport.topics.grow(topic, 3);
      const [described] = await transport.topics.describe([topic]);
      assert.equal(described?.partitions, 5);
      await context.until('the new partition takes records', async () => {
        await transport.partitionCount(topic);
        return context.append(transport, topic, 4, 'new').then(
          () => true,
          () => false,
        );
      });
      assert.deepEqual((await context.read(transport, { topic, partition: 1 })).map(text), ['stays']);
      assert.deepEqual((await context.read(transport, { topic, partition: 4 })).map(text), ['new']);
    },
  },
  {
    name: 'topics: a member is assigned the partitions that its topic grew, from their earliest offset',
    needs: ['growth'],
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport);
      const member = context.join(transport, { group: context.name('group'), topics: [topic] });
      await context.held([member], partitionsOf(topic, 1));
      await transport.topics.grow(topic, 3);
      await context.held([member], partitionsOf(topic, 3));
      await context.append(transport, topic, 2, 'new');
      await context.arrived([member], ['new']);
    },
  },
  {
    name: 'topics: altering changes the settings that are named, and keeps records',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { retentionMs: 3_600_000, maxRecordBytes: 1_000 });
      const large = 'x'.repeat(20_000);
      await context.append(transport, topic, 0, 'stays');
      await refused(context.append(transport, topic, 0, large), 'TRAMLINE_RECORD_TOO_LARGE');
      const settings = async () => {
        const [found] = await transport.topics.describe([topic]);
        return [found?.retentionMs, found?.maxRecordBytes];
      };
      const [retentionMs] = await settings();
      await transport.topics.alter(topic, { maxRecordBytes: 50_000, minInSync: 1 });
      assert.deepEqual(await settings(), [retentionMs, 50_000]);
      await transport.topics.alter(topic, { retentionMs: 7_200_000, retentionBytes: null });
      assert.deepEqual(await settings(), [7_200_000, 50_000]);
      await transport.topics.alter(topic, { retentionMs: null });
      assert.deepEqual(await settings(), [null, 50_000]);
      await context.until('a larger record is taken', () =>
        context.append(transport, topic, 0, large).then(
          () => true,
          () => false,
        ),
      );
      assert.deepEqual((await context.read(transport, { topic, partition: 0 })).map(text), ['stays', large]);
      const missing = transport.topics.alter(context.name('missing'), { retentionMs: null });
      await refused(missing, 'TRAMLINE_UNKNOWN_TOPIC');
    },
  },
  {
    name: 'topics: deleting takes the records along; deleting what does not exist is no error',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport);
      await context.append(transport, topic, 0, 'gone');
      await transport.topics.delete([context.name('missing'), topic]);
      await context.until('the topic is gone', async () => (await transport.topics.list(topic)).length === 0);
      await refused(transport.topics.offsets(topic), 'TRAMLINE_UNKNOWN_TOPIC');
    },
  },
  {
    name: 'topics: offsets, and offsets at a time, are told for every partition in order',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { partitions: 3, retentionMs: null });
      const start = context.clock.now();
      for (const [index, value] of ['a', 'b', 'c'].entries()) {
        const record = {
          key: null,
          value: Buffer.from(value),
          headers: [],
          timestamp: start + index * 1_000,
        };
        await context.append(transport, topic, 1, record);
      }
      const empty = { earliest: 0, end: 0 };
      assert.deepEqual(
        (await transport.topics.offsets(topic)).map((found) => ({ ...found })),
        [
          { partition: 0, ...empty },
          { partition: 1, earliest: 0, end: 3 },
          { partition: 2, ...empty },
        ],
      );
      const at = async (time: number) =>
        (await transport.topics.offsetsAt(topic, time)).map(({ offset }) => offset);
      assert.deepEqual(await at(start), [0, 0, 0]);
      assert.deepEqual(await at(start + 500), [0, 1, 0]);
      assert.deepEqual(await at(start + 2_000), [0, 2, 0]);
      assert.deepEqual(await at(start + 2_001), [0, 3, 0]);
      await refused(transport.topics.offsets(context.name('missing')), 'TRAMLINE_UNKNOWN_TOPIC');
    },
  },
  {
    name: 'topics: records before an offset are deleted, of the partitions named alone; their offsets are never given again',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { partitions: 3, retentionMs: null });
      for (const partition of [0, 1, 2]) await context.append(transport, topic, partition, ...texts('x', 5));
      const before = (...offsets: number[]) =>
        transport.topics.deleteBefore(offsets.map((offset, partition) => ({ topic, partition, offset })));
      const bounds = async () =>
        (await transport.topics.offsets(topic)).map(({ earliest, end }) => `${earliest}-${end}`).join();
      await before(3, 99);
      await context.until('they are gone', async () => (await bounds()) === '3-5,5-5,0-5');
      await before(2, 0, 0);
      assert.equal(await bounds(), '3-5,5-5,0-5', 'less than the earliest changes nothing');
      const left = await context.read(transport, { topic, partition: 0 });
      assert.deepEqual(left.map(text), texts('x', 5).slice(3));
      assert.deepEqual(await context.read(transport, { topic, partition: 1 }), []);
      assert.equal((await context.append(transport, topic, 1, 'next')).baseOffset, 5);
      await transport.topics.deleteBefore([]);
      const missing = [
        { topic, partition: 3, offset: 1 },
        { topic: context.name('missing'), partition: 0, offset: 1 },
      ];
      for (const one of missing)
        await refused(transport.topics.deleteBefore([one]), 'TRAMLINE_UNKNOWN_TOPIC');
    },
  },
];
