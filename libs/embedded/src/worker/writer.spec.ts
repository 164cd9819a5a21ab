import { expect, it } from 'vitest';
import { testDirectory } from '../spec/directory.js';
import { contentsOf, settingsFor, testStore, testTopic } from '../spec/store.js';
import { textRecord } from '../spec/environment.js';
import { FailureError } from '../wire/failure.js';
import { packedBytes, packRecords } from '../wire/outgoing.js';
import { OpenLog } from './open-log.js';
import { appendJob, Writer } from './writer.js';

async function opened() {
  const directory = testDirectory();
  const settings = { ...settingsFor(directory), busyTimeoutMs: 300 };
  const store = await testStore(directory);
  testTopic(store, { name: 't', maxRecordBytes: 100 });
  const log = new OpenLog(settings);
  const writer = new Writer(log, settings);
  /** The outcome of an append: its offset, or the code it is refused with. */
  const append = (value: string, over: { topic?: string; timeoutMs?: number } = {}) =>
    new Promise<number | string>((resolve) => {
      const records = [textRecord(value)];
      const bytes = packedBytes(records);
      const target = { topic: over.topic ?? 't', partition: 0 };
      const request = {
        id: 1,
        target,
        count: 1,
        bytes,
        largest: value.length,
        timeoutMs: over.timeoutMs ?? 5_000,
      };
      writer.add(
        appendJob(request, Buffer.from(packRecords([records], bytes)), 0, {
          done: (result) => resolve((result as { baseOffset: number }).baseOffset),
          failed: ({ failure }) => resolve(`${failure.code} ${failure.outcome}`),
        }),
      );
    });
  return { store, log, writer, append };
}

it('commits what was asked for together, once, in order', async () => {
  const { store, log, append } = await opened();
  const version = () => store.read.get<{ data_version: number }>('PRAGMA data_version')!.data_version;
  // The opening of the log is a commit too.
  await append('first');
  const before = version();
  expect(await Promise.all(['a', 'b', 'c'].map((value) => append(value)))).toEqual([1, 2, 3]);
  expect(version()).toBe(before + 1);
  expect(contentsOf(store).map(([, value]) => value)).toEqual(['first', 'a', 'b', 'c']);
  await log.close();
});

it('lets a bad append fail alone among those that share its transaction', async () => {
  const { store, log, append } = await opened();
  const outcomes = await Promise.all([
    append('a'),
    append('b', { topic: 'unknown' }),
    append('x'.repeat(200)),
    append('c'),
  ]);
  expect(outcomes).toEqual([
    0,
    'TRAMLINE_UNKNOWN_TOPIC not-written',
    'TRAMLINE_RECORD_TOO_LARGE not-written',
    1,
  ]);
  expect(contentsOf(store)).toHaveLength(2);
  await log.close();
});

it('takes back what a call wrote before it failed, and nothing else', async () => {
  const { store, log, writer, append } = await opened();
  const failing = writer.transaction((write) => {
    write.run("INSERT INTO groups (name) VALUES ('half')");
    throw new FailureError('TRAMLINE_REFUSED', 'no');
  });
  const [offset, refused] = await Promise.all([append('a'), failing.catch((error: Error) => error.message)]);
  expect([offset, refused]).toEqual([0, 'no']);
  expect(store.read.all('SELECT name FROM groups')).toEqual([]);
  await log.close();
});

it('runs each alone when the transaction fails as a whole, so that only the guilty fails', async () => {
  const { store, log, writer, append } = await opened();
  const broken = writer.transaction((write) => write.exec('SELECT missing'));
  const [first, message, second] = await Promise.all([
    append('a'),
    broken.catch((error: Error) => error.message),
    append('b'),
  ]);
  expect([first, second]).toEqual([0, 1]);
  expect(message).toMatch(/no such column/);
  expect(contentsOf(store)).toHaveLength(2);
  await log.close();
});

it('gives up an append that cannot begin in its time, and the rest after busyTimeout, with nothing written', async () => {
  const { store, log, append } = await opened();
  await append('first');
  store.write.exec('BEGIN IMMEDIATE');
  expect(await Promise.all([append('short', { timeoutMs: 20 }), append('long')])).toEqual([
    'TRAMLINE_AWAY not-written',
    'TRAMLINE_AWAY not-written',
  ]);
  store.write.exec('ROLLBACK');
  expect(await append('after')).toBe(1);
  expect(contentsOf(store).map(([, value]) => value)).toEqual(['first', 'after']);
  await log.close();
});
