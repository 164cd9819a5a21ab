import { expect, it } from 'vitest';
import { testDirectory } from '../spec/directory.js';
import { appendTo, contentsOf, settingsFor, testStore, testTopic } from '../spec/store.js';
import { Chores } from './chores.js';
import { OpenLog } from './open-log.js';
import { Writer } from './writer.js';

async function chores(directory: string) {
  const settings = settingsFor(directory);
  const log = new OpenLog(settings);
  const writer = new Writer(log, settings);
  return { chores: new Chores(log, (work) => writer.transaction(work)), log };
}

it('cleans up topics of both kinds', async () => {
  const directory = testDirectory();
  const store = await testStore(directory);
  testTopic(store, { name: 'events', retentionMs: 1_000 });
  testTopic(store, { name: 'state', cleanup: 'compact' });
  const records = [
    [0, 'k', 'old'],
    [5_000, 'k', 'new'],
  ] as const;
  for (const topic of ['events', 'state']) appendTo(store, topic, records);
  const { chores: one, log } = await chores(directory);
  await one.run(5_500);
  expect([contentsOf(store, 1), contentsOf(store, 2)]).toEqual([[[1, 'new']], [[1, 'new']]]);
  await log.close();
});

it('leaves them to the process that is at it, unless that one is long dead', async () => {
  const directory = testDirectory();
  const store = await testStore(directory);
  testTopic(store, { name: 't', retentionMs: 1_000 });
  appendTo(store, 't', [[0, null, 'old']]);
  const { chores: one, log } = await chores(directory);
  const hold = (until: number) =>
    store.write.run("INSERT OR REPLACE INTO chores VALUES ('cleanup', ?, ?)", store.machine.bootId, until);
  const now = Number(process.hrtime.bigint() / 1_000_000n);
  hold(now + 50_000);
  await one.run(1_000_000);
  expect(contentsOf(store)).toHaveLength(1);
  hold(now - 1);
  await one.run(1_000_000);
  expect(contentsOf(store)).toEqual([]);
  await log.close();
});
