import type { Worker } from 'node:worker_threads';
import { expect, it, onTestFinished } from 'vitest';
import { testDirectory } from './spec/directory.js';
import { append, openTransport, readAll } from './spec/environment.js';

/** The threads that are started from here on. */
function startedWorkers(): Worker[] {
  const workers: Worker[] = [];
  const note = (worker: Worker) => void workers.push(worker);
  process.on('worker', note);
  onTestFinished(() => void process.off('worker', note));
  return workers;
}

it('goes on with new workers when its own die: nothing acknowledged is lost, nothing is delivered twice', async () => {
  const workers = startedWorkers();
  const transport = openTransport({ directory: testDirectory() });
  await transport.topics.create([{ name: 't', partitions: 1, cleanup: 'delete' }]);
  const seen: string[] = [];
  let told = () => {};
  transport.consume(
    { group: 'g', topics: ['t'], broadcast: false, sessionTimeoutMs: 6_000, clientId: 'c' },
    {
      assigned: async (partitions) => partitions.map((one) => ({ ...one, offset: one.earliest })),
      revoked: async () => {},
      lost: () => {},
      outOfRange: () => {},
      status: () => {},
      records: ({ records }) => {
        seen.push(...records.map(({ value }) => Buffer.from(value ?? []).toString()));
        told();
      },
    },
  );
  const untilSeen = async (value: string) => {
    while (!seen.includes(value)) await new Promise<void>((resolve) => (told = resolve));
  };
  await append(transport, 't', 0, 'before');
  await untilSeen('before');
  expect(workers).toHaveLength(2);

  const underWay = append(transport, 't', 0, 'perhaps').then(
    () => 'written',
    (error: { outcome: string }) => error.outcome,
  );
  for (const worker of workers.splice(0)) await worker.terminate();
  expect(['written', 'unknown']).toContain(await underWay);
  await append(transport, 't', 0, 'after');
  await untilSeen('after');
  expect(seen).toEqual(await readAll(transport, 't', 0));
});

it('sends more than fits in one message in several', async () => {
  const transport = openTransport({ directory: testDirectory(), maxRecordBytes: 40_000_000 });
  await transport.topics.create([{ name: 't', partitions: 5, cleanup: 'delete' }]);
  const large = Buffer.alloc(30_000_000, 'x');
  const appended = await Promise.all(
    [0, 1, 2, 3, 4].map((partition) =>
      transport.append({ topic: 't', partition }, [{ key: null, value: large, headers: [] }], {
        timeoutMs: 30_000,
      }),
    ),
  );
  expect(appended.map(({ baseOffset }) => baseOffset)).toEqual([0, 0, 0, 0, 0]);
  expect((await transport.topics.offsets('t')).map(({ end }) => end)).toEqual([1, 1, 1, 1, 1]);
});
