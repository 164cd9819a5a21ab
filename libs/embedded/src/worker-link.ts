import type { Appended, Clock, OutgoingRecord, TopicPartition } from '@tramline/core';
import { ClosedError, recordBytes } from '@tramline/core';
import { Worker } from 'node:worker_threads';
import { asTransportError, died, stuck } from './errors.js';
import type {
  AppendRequest,
  CallRequest,
  ReadCalls,
  Request,
  Response,
  Settings,
  TailCommand,
  WriteCalls,
} from './wire/messages.js';
import { packedBytes, packRecords } from './wire/outgoing.js';

type Calls = WriteCalls & ReadCalls;

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
  readonly isAppend: boolean;
}

/** What the worker pushes by itself. */
export type Pushed = Pick<Response, 'batches' | 'outOfRange' | 'groups' | 'topics' | 'away'>;

/**
 * The main thread's end of one worker. The worker starts with the first request. All requests of one turn travel in one
 * message. While an answer is awaited, or somebody `hold`s it, the worker keeps the process alive; else it does not.
 */
export class WorkerLink {
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #nextId = 1;
  #holds = 0;
  #closed: Promise<void> | undefined;
  #outbox = emptyOutbox();
  #flushing = false;

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly onPush: (pushed: Pushed) => void,
    /** A worker died; a new one begins without what was followed before. */
    private readonly onRestart: () => void,
  ) {}

  append(target: TopicPartition, records: readonly OutgoingRecord[], timeoutMs: number): Promise<Appended> {
    return new Promise<Appended>((resolve, reject) => {
      const id = this.#expect(resolve as (result: unknown) => void, reject, true);
      let largest = 0;
      for (const record of records) largest = Math.max(largest, recordBytes(record));
      const bytes = packedBytes(records);
      this.#outbox.appends.push({ id, target, count: records.length, bytes, largest, timeoutMs });
      this.#outbox.records.push(records);
      // The worker knows better what became of it, and answers in time unless it is stuck itself.
      const timer = this.clock.setTimer(timeoutMs + STUCK_MS, () =>
        this.#settle(id, (pending) => pending.reject(stuck())),
      );
      const pending = this.#pending.get(id)!;
      this.#pending.set(
        id,
        withTimer(pending, () => timer.cancel()),
      );
    });
  }

  call<Name extends keyof Calls>(
    name: Name,
    ...args: Parameters<Calls[Name]>
  ): Promise<ReturnType<Calls[Name]>> {
    return new Promise<ReturnType<Calls[Name]>>((resolve, reject) => {
      const id = this.#expect(resolve as (result: unknown) => void, reject, false);
      this.#outbox.calls.push({ id, name, args });
    });
  }

  tail(command: TailCommand): void {
    if (this.#closed) return;
    this.#outbox.tails.push(command);
    this.#flushSoon();
  }

  /** Keeps the process alive until as many `letGo`; starts the worker, since only that can. */
  hold(): void {
    this.#holds++;
    this.#worker ??= this.#start();
    this.#worker.ref();
  }

  letGo(): void {
    this.#holds--;
    this.#unrefWhenIdle();
  }

  /** What was asked for before is done first. Idempotent, never throws. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#flush();
    const worker = this.#worker;
    if (!worker) return;
    worker.ref();
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    worker.postMessage({ ...emptyRequest, close: true } satisfies Request);
    await ended;
  }

  #expect(resolve: (result: unknown) => void, reject: (error: Error) => void, isAppend: boolean): number {
    if (this.#closed) throw new ClosedError('The embedded transport');
    const id = this.#nextId++;
    this.#pending.set(id, { resolve, reject, isAppend });
    if (this.#pending.size === 1) this.#worker?.ref();
    this.#flushSoon();
    return id;
  }

  /** After the microtasks of this turn, in which callers ask for more. */
  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    process.nextTick(() => this.#flush());
  }

  #flush(): void {
    this.#flushing = false;
    const { appends, records, calls, tails } = this.#outbox;
    this.#outbox = emptyOutbox();
    for (let from = 0; from < appends.length;) from = this.#postAppends(appends, records, from);
    if (calls.length + tails.length > 0) this.#post({ ...emptyRequest, calls, tails }, []);
  }

  /** As many of the appends as one message should carry; answers where the next begins. */
  #postAppends(appends: readonly AppendRequest[], records: readonly Records[], from: number): number {
    let bytes = 0;
    let to = from;
    do bytes += appends[to++]!.bytes;
    while (to < appends.length && bytes < MOST_BYTES);
    const packed = packRecords(records.slice(from, to), bytes);
    this.#post({ ...emptyRequest, appends: appends.slice(from, to), records: packed }, [packed]);
    return to;
  }

  #post(request: Request, handedOver: readonly ArrayBuffer[]): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(request, handedOver);
  }

  #start(): Worker {
    // Specs run the sources; a thread is started by Node itself and needs the compiled file.
    const entry = import.meta.url.endsWith('.ts') ? '../dist/worker/main.js' : './worker/main.js';
    const worker = new Worker(new URL(entry, import.meta.url), {
      name: 'tramline-embedded',
      workerData: this.settings,
      // Options of the main thread (a loader, a debugger) are not meant for it; on Node 22 node:sqlite warns that it is new.
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    let crash: Error | undefined;
    worker.on('message', (response: Response) => this.#receive(response));
    worker.on('error', (error) => (crash = error as Error));
    worker.on('exit', () => this.#ended(worker, crash));
    if (this.#pending.size === 0 && this.#holds === 0) worker.unref();
    return worker;
  }

  #receive(response: Response): void {
    for (const [id, result] of response.done) this.#settle(id, (pending) => pending.resolve(result));
    for (const [id, failure] of response.failed)
      this.#settle(id, (pending) => pending.reject(asTransportError(failure)));
    this.#unrefWhenIdle();
    if (!this.#closed) this.onPush(response);
  }

  #settle(id: number, how: (pending: Pending) => void): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    how(pending);
  }

  #unrefWhenIdle(): void {
    if (this.#pending.size === 0 && this.#holds === 0 && !this.#closed) this.#worker?.unref();
  }

  #ended(worker: Worker, crash: Error | undefined): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const id of [...this.#pending.keys()]) {
      this.#settle(id, (pending) =>
        pending.reject(this.#closed ? new ClosedError('The embedded transport') : died(crash)),
      );
    }
    // Not at once: a worker that cannot live would be started in a loop.
    if (!this.#closed) this.clock.setTimer(RESTART_MS, () => this.onRestart());
  }
}

type Records = readonly OutgoingRecord[];

/** Bytes of records after which a message is full. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Beyond an append's own time: long enough for a slow disk to finish what was begun. */
const STUCK_MS = 1_000;

const RESTART_MS = 1_000;

const emptyRequest: Request = { appends: [], records: undefined, calls: [], tails: [], close: false };

function emptyOutbox() {
  return {
    appends: [] as AppendRequest[],
    records: [] as Records[],
    calls: [] as CallRequest[],
    tails: [] as TailCommand[],
  };
}

function withTimer(pending: Pending, cancel: () => void): Pending {
  return {
    isAppend: pending.isAppend,
    resolve(result) {
      cancel();
      pending.resolve(result);
    },
    reject(error) {
      cancel();
      pending.reject(error);
    },
  };
}
