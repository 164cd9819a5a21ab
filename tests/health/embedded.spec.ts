import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { embedded } from '@tramline/embedded';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../kafka/support/until.ts';
import { ProbedApp } from './probed-app.ts';

/** The worker threads that carry the log, as they come. */
let workers: Worker[];
let directory: string;
let app: ProbedApp;
let onWorker: (worker: Worker) => void;

beforeEach(async () => {
  workers = [];
  onWorker = (worker) => workers.push(worker);
  process.on('worker', watch);
  directory = await mkdtemp(join(tmpdir(), 'tramline-health-'));
  app = await ProbedApp.start({
    service: 'probed',
    transport: embedded({ directory }),
    consumer: { sessionTimeout: '1s', drainTimeout: '200ms', stalledAfter: '3s' },
  });
  await until('it is ready', async () => (await app.ready()).code === 200);
});
afterEach(async () => {
  await app.close();
  process.off('worker', watch);
  await Promise.all(workers.map((worker) => worker.terminate()));
  await rm(directory, { recursive: true, force: true });
});

function watch(worker: Worker): void {
  onWorker(worker);
}

it('a service that moves is ready and live, with its partitions and without lag', async () => {
  await app.publish(1);
  await until('it was handled', () => app.seen.has(1));
  await until('the lag is known', async () => (await app.ready()).group?.lag === 0);
  expect(await app.ready()).toMatchObject({
    code: 200,
    status: 'ok',
    group: { status: 'joined', partitions: 6 + 6 * 5 },
  });
  expect(await app.live()).toMatchObject({ code: 200, status: 'ok' });
});

it('a worker thread that dies again and again is seen, and mends itself once it can', async () => {
  onWorker = (worker) => {
    workers.push(worker);
    void worker.terminate();
  };
  await Promise.all(workers.map((worker) => worker.terminate()));
  await until('it is seen', async () => (await app.ready()).code === 503);
  const away = await app.ready();
  expect(away).toMatchObject({ status: 'error', group: { status: 'away' } });
  expect(away.message).toContain("Group 'probed' is away: ");
  // A restart of the process would find what the restarts of the thread find.
  expect(await app.live()).toMatchObject({ code: 200 });
  onWorker = (worker) => workers.push(worker);
  await until('it is back', async () => (await app.ready()).status === 'ok');
  await app.publish(2);
  await until('it was handled', () => app.seen.has(2));
});

it('worker threads that hang without a word are seen, and only a restart mends that', async () => {
  const release = workers.map(hang);
  try {
    await until('it is seen', async () => (await app.ready()).status === 'degraded');
    expect((await app.ready()).message).toContain('heard nothing from the broker');
    expect((await app.live()).code).toBe(200);
    await until('replacing did not help', async () => (await app.live()).code === 503);
    expect((await app.live()).message).toContain('restart the process');
  } finally {
    for (const goOn of release) goOn();
  }
  await until('it is back', async () => (await app.ready()).status === 'ok');
  expect((await app.live()).code).toBe(200);
});

/** What is asked of it arrives when it goes on, as with a thread that a disk or a debugger holds. */
function hang(worker: Worker): () => void {
  const post = worker.postMessage.bind(worker) as (...args: unknown[]) => void;
  const asked: unknown[][] = [];
  worker.postMessage = (...args: unknown[]) => void asked.push(args);
  return () => {
    worker.postMessage = post;
    for (const args of asked) post(...args);
  };
}
