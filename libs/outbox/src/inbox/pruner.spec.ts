import { Observations, silentLog } from '@tramline/core';
import { MemoryBroker, SeededRandom, VirtualClock } from '@tramline/testing';
import { ModelDatabase } from '@tramline/testing/outbox';
import { expect, it } from 'vitest';
import { OwnTransactions } from '../backend/own-transactions.js';
import { OnceRunner } from './once-runner.js';
import { Pruner } from './pruner.js';

const HOUR = 3_600_000;
const GROUP = { group: 'g', consumerGroup: 'eu.g', topics: ['t'], longestRetryMs: 2 * HOUR };

function world(keepMs: number, longestRetryMs = 0) {
  const clock = new VirtualClock();
  const random = new SeededRandom(1);
  const broker = new MemoryBroker({ clock, partitions: 1 });
  const transport = broker.open({ clock, random, log: silentLog, clientId: 'c' });
  const store = new ModelDatabase({ clock }).open();
  const ports = { clock, random, log: silentLog, transport, observations: new Observations(silentLog) };
  const pruner = new Pruner(store, ports, { keepMs, retentionMs: null });
  const runner = new OnceRunner(store, new OwnTransactions(store, () => undefined), ports);
  const once = (offset: number) =>
    runner.once(
      {
        ...{ group: 'g', handlerId: 'h', aliases: [], eventId: `e${offset}` },
        origin: { topic: 't', partition: 0, offset, timestamp: 0 },
      },
      new AbortController().signal,
      () => Promise.resolve(),
    );
  const commit = (offset: number) =>
    broker.forceCommits('eu.g', [{ topic: 't', partition: 0, offset, metadata: '' }]);
  pruner.start([{ ...GROUP, longestRetryMs }]);
  return { clock, broker, transport, once, commit, pruner };
}

it('forgets what is committed and old, and nothing else', async () => {
  const { clock, transport, once, commit, pruner } = world(HOUR);
  await transport.topics.create([{ name: 't', cleanup: 'delete' }]);
  for (const offset of [0, 1, 2]) await once(offset);
  commit(2);
  await clock.advance('50m');
  expect(await Promise.all([0, 1].map(once))).toEqual([false, false]);
  await clock.advance('2h');
  expect([await once(0), await once(1), await once(2)]).toEqual([true, true, false]);
  await pruner.stop();
  expect(clock.pending).toBe(0);
});

it('keeps what may still be retried, however short inbox.keep is', async () => {
  const { clock, transport, once, commit, pruner } = world(1_000, 2 * HOUR);
  await transport.topics.create([{ name: 't', cleanup: 'delete' }]);
  await once(0);
  commit(1);
  await clock.advance('100m');
  expect(await once(0)).toBe(false);
  await clock.advance('3h');
  expect(await once(0)).toBe(true);
  await pruner.stop();
});

it('keeps everything while the broker cannot say what was committed', async () => {
  const { clock, broker, transport, once, commit, pruner } = world(1_000);
  await transport.topics.create([{ name: 't', cleanup: 'delete' }]);
  await once(0);
  commit(1);
  broker.setAway(true);
  await clock.advance('1h');
  expect(await once(0)).toBe(false);
  await pruner.stop();
});

it('clears up many in small batches', async () => {
  const { clock, transport, once, commit, pruner } = world(1_000);
  await transport.topics.create([{ name: 't', cleanup: 'delete' }]);
  for (let offset = 0; offset < 1_200; offset++) await once(offset);
  commit(1_200);
  await clock.advance('3m');
  expect([await once(0), await once(600), await once(1_199)]).toEqual([true, true, true]);
  await pruner.stop();
});
