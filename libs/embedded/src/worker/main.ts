import { parentPort, workerData } from 'node:worker_threads';
import type { Failure } from '../wire/failure.js';
import type { CallRequest, Request, Response, Settings } from '../wire/messages.js';
import { transferables, type StoredBatch } from '../wire/stored.js';
import { readCalls } from './calls.js';
import { Chores } from './chores.js';
import { OpenLog } from './open-log.js';
import { asFailure, isBroken } from './sqlite-error.js';
import { Tails } from './tails.js';
import { appendJob, Writer, type WriteJob } from './writer.js';

/**
 * The thread that talks to SQLite. It opens the log on the first request and opens it again after damage, so that a mended
 * disk needs no restart. Answers of one turn go back in one message.
 */
const port = parentPort!;
const settings = workerData as Settings;

const log = new OpenLog(settings);
const writer = new Writer(log, settings);
const chores = new Chores(log, (work) => writer.transaction(work));
const tails = new Tails(settings.directory, log, (push) =>
  post(
    push,
    push.batches.map(({ batch }) => batch),
  ),
);

const done: [number, unknown][] = [];
const failed: [number, Failure][] = [];
let answering = false;

function answer(id: number, result: unknown): void {
  done.push([id, result]);
  answerSoon();
}

function refuse(id: number, error: unknown): void {
  failed.push([id, asFailure(error, settings.directory).failure]);
  answerSoon();
}

function answerSoon(): void {
  if (answering) return;
  answering = true;
  queueMicrotask(() => {
    answering = false;
    post({ done: done.splice(0), failed: failed.splice(0) }, []);
  });
}

function post(part: Partial<Response>, handedOver: readonly StoredBatch[]): void {
  const nothing = {
    done: [],
    failed: [],
    batches: [],
    outOfRange: [],
    groups: [],
    topics: false,
    away: undefined,
  };
  const response: Response = { ...nothing, ...part };
  port.postMessage(response, handedOver.flatMap(transferables));
}

async function read({ id, name, args }: CallRequest): Promise<void> {
  try {
    const store = await log.store();
    const reads = readCalls(store);
    const call = reads[name as keyof typeof reads] as (...values: readonly unknown[]) => unknown;
    const result = store.read.snapshot(() => call(...args));
    if (name === 'readBatch' && result) post({ done: [[id, result]] }, [result as StoredBatch]);
    else answer(id, result);
  } catch (error) {
    if (isBroken(error)) log.drop();
    refuse(id, error);
  }
}

const WRITES = new Set([
  'createTopics',
  'growTopic',
  'alterTopic',
  'deleteTopics',
  'trimPartition',
  'heartbeat',
  'release',
  'leave',
  'commit',
  'resetGroup',
]);

function writeJob({ id, name, args }: CallRequest): WriteJob {
  return {
    weight: 1,
    kind: /Topics?$/.test(name) ? 'topics' : 'call',
    deadline: Infinity,
    run: (_appender, writes) =>
      (writes[name as keyof typeof writes] as (...values: readonly unknown[]) => unknown)(...args),
    done: (result) => answer(id, result),
    failed: (error) => refuse(id, error),
  };
}

port.on('message', (request: Request) => {
  // Whoever writes also cleans up.
  if (request.appends.length + request.calls.filter(({ name }) => WRITES.has(name)).length > 0)
    chores.start();
  const records = request.records && Buffer.from(request.records);
  let at = 0;
  for (const append of request.appends) {
    const settle = {
      done: (result: unknown) => answer(append.id, result),
      failed: (error: unknown) => refuse(append.id, error),
    };
    writer.add(appendJob(append, records!, at, settle));
    at += append.bytes;
  }
  for (const call of request.calls) {
    if (WRITES.has(call.name)) writer.add(writeJob(call));
    else void read(call);
  }
  for (const command of request.tails) tails.apply(command);
  if (request.close) void close();
});

/** What was asked for before is done first. */
async function close(): Promise<void> {
  chores.stop();
  tails.close();
  await writer.idle();
  await log.close();
  port.close();
}
