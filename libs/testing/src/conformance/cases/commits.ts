import assert from 'node:assert/strict';
import { partitionsOf, texts } from '../context.js';
import { refused } from '../errors.js';
import type { ConformanceCase } from '../suite.js';

export const commitCases: readonly ConformanceCase[] = [
  {
    name: 'commit: offset and metadata come back, from groups.committed and with the next assignment',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { partitions: 3 });
      const group = context.name('group');
      await context.append(transport, topic, 1, ...texts('x', 9));
      const first = context.join(transport, { group, topics: [topic] });
      await context.held([first], partitionsOf(topic, 3));
      const metadata = 'v1:{"map":"~!@#$%^&*()"}';
      await first.membership.commit([
        { topic, partition: 1, offset: 3, metadata: 'older' },
        { topic, partition: 2, offset: 0, metadata: '' },
      ]);
      await first.membership.commit([{ topic, partition: 1, offset: 7, metadata }]);
      const stored = await transport.groups.committed(group, [topic]);
      assert.deepEqual(
        stored.map((entry) => ({ ...entry })).sort((a, b) => a.partition - b.partition),
        [
          { topic, partition: 1, offset: 7, metadata },
          { topic, partition: 2, offset: 0, metadata: '' },
        ],
      );
      await context.settled('the member closes', first.close());
      const second = context.join(transport, { group, topics: [topic] });
      await context.held([second], partitionsOf(topic, 3));
      const told = second.assignments.flat().sort((a, b) => a.partition - b.partition);
      assert.deepEqual(
        told.map(({ committed }) => committed && { ...committed }),
        [null, { offset: 7, metadata }, { offset: 0, metadata: '' }],
      );
    },
  },
  {
    name: 'commit: works inside `assigned` and, until it resolves, inside `revoked`',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport);
      const group = context.name('group');
      await context.append(transport, topic, 0, ...texts('x', 5));
      const at = (offset: number) => [{ topic, partition: 0, offset, metadata: '' }];
      const stored = async () => (await transport.groups.committed(group, [topic]))[0]?.offset;
      const atStart: (number | undefined)[] = [];
      const member = context.join(
        transport,
        { group, topics: [topic] },
        {
          onAssigned: async (partitions, self) => {
            if (partitions.length === 0) return;
            await self.membership.commit(at(0));
            atStart.push(await stored());
          },
          onRevoked: async (_, self) => {
            // What a consumer does meanwhile takes its time; the partition must be its own until it is through.
            for (let step = 0; step < 5; step++) await stored();
            await self.membership.commit(at(4));
          },
        },
      );
      await context.arrived([member], texts('x', 5));
      assert.deepEqual(atStart, [0]);
      await context.settled('the member closes', member.close());
      assert.equal(await stored(), 4);
    },
  },
  {
    name: 'commit: 4,096 bytes of metadata are kept; one more is refused and nothing of that commit is stored',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { partitions: 2 });
      const group = context.name('group');
      const member = context.join(transport, { group, topics: [topic] });
      await context.held([member], partitionsOf(topic, 2));
      const most = 'm'.repeat(4_096);
      await member.membership.commit([{ topic, partition: 0, offset: 1, metadata: most }]);
      const tooMuch = [
        { topic, partition: 1, offset: 5, metadata: '' },
        { topic, partition: 0, offset: 5, metadata: `${most}m` },
      ];
      await refused(member.membership.commit(tooMuch), 'TRAMLINE_METADATA_TOO_LARGE', { retriable: false });
      const stored = await transport.groups.committed(group, [topic]);
      assert.deepEqual(
        stored.map(({ partition, offset, metadata }) => [partition, offset, metadata.length]),
        [[0, 1, 4_096]],
      );
    },
  },
  {
    name: 'commit: of a partition that went to another member is refused as stale, all or none',
    needs: ['shared'],
    async run(context) {
      const [a, b] = [context.open('a'), context.open('b')];
      const topic = await context.topic(a, { partitions: 2 });
      const group = context.name('group');
      const first = context.join(a, { group, topics: [topic] });
      await context.held([first], partitionsOf(topic, 2));
      const second = context.join(b, { group, topics: [topic] });
      await context.until('each holds one', () => first.held.length === 1 && second.held.length === 1);
      const partitionOf = (name: string) => Number(name.split('/').at(-1));
      const [kept, gone] = [partitionOf(first.held[0]!), partitionOf(second.held[0]!)];
      await second.membership.commit([{ topic, partition: gone, offset: 2, metadata: 'owner' }]);
      const both = [
        { topic, partition: kept, offset: 9, metadata: 'zombie' },
        { topic, partition: gone, offset: 9, metadata: 'zombie' },
      ];
      await refused(first.membership.commit(both), 'TRAMLINE_STALE_COMMIT', { retriable: false });
      const stored = await a.groups.committed(group, [topic]);
      assert.deepEqual(
        stored.map(({ partition, offset, metadata }) => [partition, offset, metadata]),
        [[gone, 2, 'owner']],
      );
      await first.membership.commit([both[0]!]);
    },
  },
  {
    name: 'commit: of a member that has left is refused, and nothing is stored',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport);
      const group = context.name('group');
      const member = context.join(transport, { group, topics: [topic] });
      await context.held([member], partitionsOf(topic, 1));
      await context.settled('the member closes', member.close());
      const outcome = await member.membership.commit([{ topic, partition: 0, offset: 1, metadata: '' }]).then(
        () => 'stored',
        (error: { code?: unknown }) => error.code,
      );
      assert(
        ['TRAMLINE_CLOSED', 'TRAMLINE_STALE_COMMIT'].includes(outcome as string),
        `refused, not ${String(outcome)}`,
      );
      assert.deepEqual(await transport.groups.committed(group, [topic]), []);
    },
  },
];
