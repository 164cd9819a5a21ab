import assert from 'node:assert/strict';
import { partitionsOf, text, textRecord, texts } from '../context.js';
import { refused } from '../errors.js';
import type { ConformanceCase } from '../suite.js';

/** Long enough to be noticed, short enough to be waited for. */
const SHORT = { timeoutMs: 500 };

export const awayCases: readonly ConformanceCase[] = [
  {
    name: 'away: an append waits for the broker and is written once, also by a transport opened meanwhile',
    needs: ['away'],
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { partitions: 2 });
      await context.setAway(true);
      const late = context.setup.lacks?.includes('shared') ? transport : context.open('late');
      const appends = [
        context.append(transport, topic, 0, ...texts('waits', 3)),
        context.append(late, topic, 1, 'waits too'),
      ];
      await context.setAway(false);
      await context.settled('the appends end', Promise.all(appends));
      assert.deepEqual((await context.read(transport, { topic, partition: 0 })).map(text), texts('waits', 3));
      assert.deepEqual((await context.read(transport, { topic, partition: 1 })).map(text), ['waits too']);
    },
  },
  {
    name: 'away: an append that waited in vain says so, and its outcome is true; the next one works',
    needs: ['away'],
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport);
      const target = { topic, partition: 0 };
      await context.append(transport, topic, 0, 'before');
      await context.setAway(true);
      const outcome = await context.settled(
        'the append gives up',
        transport.append(target, [textRecord('in vain')], SHORT).then(
          () => assert.fail('an append succeeded though the broker is away'),
          (error: { code?: unknown; retriable?: unknown; outcome?: unknown }) => {
            if (error instanceof assert.AssertionError) throw error;
            assert.deepEqual([error.code, error.retriable], ['TRAMLINE_AWAY', true]);
            return error.outcome;
          },
        ),
      );
      await context.setAway(false);
      await context.settled('the next append', context.append(transport, topic, 0, 'after'));
      const values = (await context.read(transport, target)).map(text);
      const written = values.filter((value) => value === 'in vain').length;
      assert(
        outcome === 'unknown' ? written <= 1 : written === 0,
        `outcome ${String(outcome)}, written ${written}`,
      );
      assert.deepEqual(
        values.filter((value) => value !== 'in vain'),
        ['before', 'after'],
      );
    },
  },
  {
    name: 'away: a member says `away`, keeps trying, and goes on where it was once the broker is back',
    needs: ['away'],
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { partitions: 2 });
      const member = context.join(
        transport,
        { group: context.name('group'), topics: [topic] },
        { start: ({ partition }) => member.nextOf({ topic, partition }) ?? 0 },
      );
      await context.append(transport, topic, 0, ...texts('before', 5));
      await context.arrived([member], texts('before', 5));
      await context.setAway(true);
      await context.until('the member says away', () => member.statuses.at(-1)?.kind === 'away');
      await context.setAway(false);
      await context.until('the member is back', () => member.statuses.at(-1)?.kind === 'joined');
      for (const { partition } of partitionsOf(topic, 2))
        await context.append(transport, topic, partition, `after ${partition}`);
      await context.arrived([member], texts('after', 2));
      assert.deepEqual(member.seen.map(text).sort(), [...texts('after', 2), ...texts('before', 5)]);
      assert(!member.statuses.some(({ kind }) => kind === 'failed'), 'an outage is no end');
    },
  },
  {
    name: 'away: a commit fails as away and may be tried again',
    needs: ['away'],
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport);
      const group = context.name('group');
      const member = context.join(transport, { group, topics: [topic] });
      await context.held([member], partitionsOf(topic, 1));
      const entries = [{ topic, partition: 0, offset: 0, metadata: 'again' }];
      await context.setAway(true);
      const failing = refused(member.membership.commit(entries), 'TRAMLINE_AWAY', { retriable: true });
      await context.settled('the commit fails', failing);
      await context.setAway(false);
      await context.until('the member holds its partition', () => member.held.length === 1);
      await context.until('the commit works again', () =>
        member.membership.commit(entries).then(
          () => true,
          (error: { retriable?: unknown; code?: unknown }) => {
            const expected = error.retriable === true || error.code === 'TRAMLINE_STALE_COMMIT';
            assert(expected, `the commit failed with ${String(error.code)}`);
            return false;
          },
        ),
      );
      const [stored] = await transport.groups.committed(group, [topic]);
      assert.equal(stored?.metadata, 'again');
    },
  },
  {
    name: 'away: a question is answered or fails as away; a read, once the broker is back, gives everything',
    needs: ['away'],
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport);
      await context.append(transport, topic, 0, ...texts('x', 3));
      await context.setAway(true);
      const questions: Record<string, () => Promise<unknown>> = {
        read: () => context.read(transport, { topic, partition: 0 }),
        'topics.list': () => transport.topics.list(topic),
        'topics.offsets': () => transport.topics.offsets(topic),
        'topics.create': () =>
          transport.topics.create([{ name: context.name('meanwhile'), cleanup: 'delete' }]),
        'groups.describe': () => transport.groups.describe(context.name('group')),
      };
      for (const [name, ask] of Object.entries(questions)) {
        const answer = ask().then(
          () => 'answered',
          (error: { code?: unknown; retriable?: unknown }) =>
            `${String(error.code)} ${String(error.retriable)}`,
        );
        const outcome = await context.settled(`${name} ends`, answer);
        assert(['answered', 'TRAMLINE_AWAY true'].includes(outcome), `${name} while away: ${outcome}`);
      }
      await context.setAway(false);
      assert.deepEqual((await context.read(transport, { topic, partition: 0 })).map(text), texts('x', 3));
    },
  },
];
