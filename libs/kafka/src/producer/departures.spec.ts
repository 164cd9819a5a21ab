import { beforeEach, expect, it } from 'vitest';
import type { Cluster } from '../cluster/cluster.js';
import type { produce, Produced, ProducedBatch } from '../protocol/api/records.js';
import { Departures } from './departures.js';

const broker = { host: 'b', port: 1 };

interface Request {
  readonly batches: readonly ProducedBatch[];
  readonly answer: (results: readonly Produced[]) => void;
  readonly fail: (error: Error) => void;
}

let requests: Request[];
let departures: Departures;

beforeEach(() => {
  requests = [];
  const connection = {
    send: (_api: typeof produce, { batches }: { batches: readonly ProducedBatch[] }) =>
      new Promise((answer, fail) => requests.push({ batches, answer, fail })),
  };
  const cluster = {
    settings: { requestTimeoutMs: 1_000 },
    mustBeOpen: () => undefined,
    lane: () => ({ connection: () => connection }),
  };
  departures = new Departures(cluster as unknown as Cluster);
});

const batch = (partition: number, bytes = 10): ProducedBatch => ({
  topic: 't',
  partition,
  bytes: Buffer.alloc(bytes),
});
const result = (partition: number, errorCode = 0): Produced => ({
  topic: 't',
  partition,
  errorCode,
  baseOffset: 7,
  logAppendTime: -1,
});
const send = (partition: number, bytes?: number) => departures.send(broker, batch(partition, bytes));
const turn = () => new Promise((resolve) => setImmediate(resolve));
const carried = () => requests.map(({ batches }) => batches.map(({ partition }) => partition));

it('what is ready in one turn leaves in one request, and each has its own answer', async () => {
  const sent = [send(0), Promise.resolve().then(() => send(1)), send(2)];
  await turn();
  expect(carried()).toEqual([[0, 2, 1]]);
  requests[0]!.answer([result(2, 87), result(1), result(0)]);
  expect(await Promise.all(sent)).toEqual([result(0), result(1), result(2, 87)]);
});

it('a batch that the answer does not speak of is in doubt, and no other', async () => {
  const sent = Promise.allSettled([send(0), send(1)]);
  await turn();
  requests[0]!.answer([result(1)]);
  expect(await sent).toMatchObject([
    { status: 'rejected', reason: { code: 'TRAMLINE_AWAY', outcome: 'unknown' } },
    { status: 'fulfilled', value: result(1) },
  ]);
});

it('while two requests are under way what comes waits, and then leaves together', async () => {
  void send(0);
  await turn();
  void send(1);
  await turn();
  void send(2);
  await turn();
  void send(3);
  await turn();
  expect(carried()).toEqual([[0], [1]]);
  requests[1]!.answer([result(1)]);
  await turn();
  expect(carried()).toEqual([[0], [1], [2, 3]]);
});

it('a request never has two batches of a partition, and keeps their order', async () => {
  void send(0);
  void send(1);
  void send(0, 20);
  void send(2);
  await turn();
  expect(carried()).toEqual([
    [0, 1],
    [0, 2],
  ]);
});

it('what would overfill a request takes the next, and a batch larger than a request goes alone', async () => {
  void send(0, 200_000);
  void send(1, 100_000);
  await turn();
  expect(carried()).toEqual([[0], [1]]);
  requests[0]!.answer([result(0)]);
  void send(2, 900_000);
  await turn();
  expect(carried()[2]).toEqual([2]);
});

it('a request that fails is told to all aboard, and those who wait go on', async () => {
  const aboard = Promise.allSettled([send(0), send(1)]);
  await turn();
  void send(2);
  await turn();
  const waiting = send(3);
  requests[0]!.fail(new Error('cut'));
  expect(await aboard).toMatchObject([{ reason: { message: 'cut' } }, { reason: { message: 'cut' } }]);
  await turn();
  requests[2]!.answer([result(3)]);
  expect(await waiting).toEqual(result(3));
});
