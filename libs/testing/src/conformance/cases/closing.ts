import assert from 'node:assert/strict';
import type { ConsumeListener } from '@tramline/core';
import { partitionsOf, text, textRecord, texts } from '../context.js';
import { refused } from '../errors.js';
import type { ConformanceCase } from '../suite.js';

const deaf: ConsumeListener = {
  assigned: async () => [],
  revoked: async () => undefined,
  lost: () => undefined,
  records: () => undefined,
  outOfRange: () => undefined,
  status: () => undefined,
};

export const closingCases: readonly ConformanceCase[] = [
  {
    name: 'close: may be called again and before anything was used; later calls are refused as closed',
    async run(context) {
      await context.open('unused').close();
      const transport = context.open();
      const topic = await context.topic(transport);
      await Promise.all([transport.close(), transport.close()]);
      await transport.close();
      const consume = {
        group: 'g',
        topics: [topic],
        broadcast: false,
        sessionTimeoutMs: 6_000,
        clientId: 'c',
      };
      const calls: Record<string, () => Promise<unknown>> = {
        append: () => transport.append({ topic, partition: 0 }, [textRecord('x')], { timeoutMs: 1_000 }),
        partitionCount: () => transport.partitionCount(topic),
        consume: async () => transport.consume(consume, deaf),
        read: () => context.read(transport, { topic, partition: 0 }),
        'topics.list': () => transport.topics.list(),
        'topics.create': () => transport.topics.create([{ name: topic, cleanup: 'delete' }]),
        'groups.list': () => transport.groups.list(),
      };
      for (const [name, call] of Object.entries(calls)) {
        await assert.doesNotReject(
          refused(Promise.resolve().then(call), 'TRAMLINE_CLOSED'),
          `${name} after close`,
        );
      }
    },
  },
  {
    name: 'close: of a transport revokes what its members hold, lets them commit, and leaves their groups',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { partitions: 2 });
      const group = context.name('group');
      const member = context.join(
        transport,
        { group, topics: [topic] },
        {
          onRevoked: (partitions, self) =>
            self.membership.commit(
              partitions.map((partition) => ({ ...partition, offset: 3, metadata: 'last' })),
            ),
        },
      );
      await context.held([member], partitionsOf(topic, 2));
      await context.settled('the transport closes', transport.close());
      assert.equal(member.revocations.flat().length, 2);
      if (context.setup.lacks?.includes('durable')) return;
      const other = context.open();
      assert.deepEqual((await other.groups.describe(group)).members, []);
      const stored = await other.groups.committed(group, [topic]);
      assert.deepEqual(
        stored.map(({ offset, metadata }) => [offset, metadata]),
        [
          [3, 'last'],
          [3, 'last'],
        ],
      );
    },
  },
  {
    name: 'close: of a membership ends its calls, may be repeated, and leaves the transport usable',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport);
      const group = context.name('group');
      const first = context.join(transport, { group, topics: [topic] });
      await context.held([first], partitionsOf(topic, 1));
      await context.settled('the member closes', first.close());
      await context.settled('it closes again', first.close());
      assert.deepEqual(first.held, []);
      await context.append(transport, topic, 0, ...texts('later', 3));
      const second = context.join(transport, { group, topics: [topic] });
      await context.arrived([second], texts('later', 3));
      assert.deepEqual(first.seen, []);
    },
  },
  {
    name: 'close: a membership may be closed before it joined',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport);
      const group = context.name('group');
      const member = context.join(transport, { group, topics: [topic] });
      await context.settled('the member closes', member.close());
      await context.until(
        'nobody is left',
        async () => (await transport.groups.describe(group)).members.length === 0,
      );
    },
  },
  {
    name: 'close: waits for appends under way',
    needs: ['durable'],
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { partitions: 4 });
      const outcomes = partitionsOf(topic, 4).map(({ partition }) =>
        context.append(transport, topic, partition, `${partition}`).then(
          () => `${partition}`,
          () => undefined,
        ),
      );
      await transport.close();
      const acknowledged = (await Promise.all(outcomes)).filter((value) => value !== undefined);
      const other = context.open();
      const stored = await Promise.all(partitionsOf(topic, 4).map((target) => context.read(other, target)));
      for (const value of acknowledged)
        assert(stored.flat().map(text).includes(value), `${value} was acknowledged`);
      assert.equal(acknowledged.length, 4, 'appends that began before close are carried out');
    },
  },
];
