import type { AppendRequest, Settings, WriteCalls } from '../wire/messages.js';
import type { Outcome } from '@tramline/core';
import { FailureError } from '../wire/failure.js';
import { Appender } from './append.js';
import { writeCalls } from './calls.js';
import type { Connection } from './connection.js';
import { asFailure, isBroken, isBusy, isSurelyUndone } from './sqlite-error.js';
import type { OpenLog } from './open-log.js';
import type { Store } from './store.js';

/** Something to be done in a transaction. */
export interface WriteJob {
  /** Roughly rows, large ones counted as several, so that a transaction ends in time. */
  readonly weight: number;
  /**
   * - `append`: shares a transaction; checks all it must before it writes.
   * - `call`: shares a transaction; what it wrote before it failed is taken back.
   * - `topics`: has a transaction of its own, since appends remember topics.
   */
  readonly kind: 'append' | 'call' | 'topics';
  /** When it is too late to begin, on the clock of `performance.now()`. */
  readonly deadline: number;
  run(appender: Appender, calls: WriteCalls, write: Connection): unknown;
  done(result: unknown): void;
  failed(error: FailureError): void;
}

/** A transaction takes no more than this, about 15 ms: other processes wait for the lock, and the callers for us. */
const MOST_WEIGHT = 4_000;
/** Bytes that cost as much as a row. */
const ROW_BYTES = 512;
/** After so long without a pause comes one, so that another process meets an open lock. */
const LONGEST_MS = 15;
const GAP_MS = 2;
/** How often a held lock is tried. SQLite's own waiting grows to 100 ms a try, and starves. */
const LOCK_RETRY_MS = 1;

interface Open {
  readonly store: Store;
  readonly appender: Appender;
  readonly calls: WriteCalls;
}

/**
 * Group commit: what was asked for while the last transaction ran is done in the next one together, and answered when its
 * COMMIT has returned, never before. Jobs run in the order in which they came.
 */
export class Writer {
  #queue: WriteJob[] = [];
  #running: Promise<void> | undefined;
  /** The log as it was last opened, with what belongs to that connection. */
  #open: Open | undefined;

  constructor(
    private readonly log: OpenLog,
    private readonly settings: Settings,
  ) {}

  add(job: WriteJob): void {
    this.#queue.push(job);
    this.#running ??= this.#drain().finally(() => (this.#running = undefined));
  }

  /** Runs `work` in a transaction of its own order: after what was asked for before. */
  transaction<Result>(work: (write: Connection) => Result): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.add({
        weight: 1,
        kind: 'call',
        deadline: Infinity,
        run: (_appender, _calls, write) => work(write),
        done: (result) => resolve(result as Result),
        failed: reject,
      });
    });
  }

  /** Resolves when everything asked for so far is done. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #drain(): Promise<void> {
    let busySince = performance.now();
    // Lets everything in that came with the same message.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) {
      const jobs = this.#take();
      if (jobs.length > 0) await this.#transact(jobs);
      const worked = performance.now() - busySince;
      await new Promise((resolve) =>
        worked > LONGEST_MS ? setTimeout(resolve, GAP_MS) : setImmediate(resolve),
      );
      if (worked > LONGEST_MS) busySince = performance.now();
    }
  }

  #take(): WriteJob[] {
    const jobs: WriteJob[] = [];
    let weight = 0;
    let at = 0;
    for (; at < this.#queue.length && weight < MOST_WEIGHT; at++) {
      const job = this.#queue[at]!;
      if (job.kind === 'topics' && jobs.length > 0) break;
      jobs.push(job);
      weight += job.kind === 'topics' ? Infinity : job.weight;
    }
    this.#queue = this.#queue.slice(at);
    return this.#inTime(jobs);
  }

  /** Those that are not too late to begin; the others fail. */
  #inTime(jobs: readonly WriteJob[]): WriteJob[] {
    const now = performance.now();
    return jobs.filter((job) => {
      if (job.deadline >= now) return true;
      job.failed(tooLate(this.settings.directory));
      return false;
    });
  }

  async #transact(jobs: WriteJob[]): Promise<void> {
    let waiting = jobs;
    try {
      const store = await this.log.store();
      if (store !== this.#open?.store) {
        this.#open = { store, appender: new Appender(store.write), calls: writeCalls(store) };
      }
      const deadline = performance.now() + this.settings.busyTimeoutMs;
      while (!begin(store, performance.now() > deadline)) {
        await new Promise((resolve) => setTimeout(resolve, LOCK_RETRY_MS));
        waiting = this.#inTime(waiting);
        if (waiting.length === 0) return;
      }
      this.#run(this.#open, waiting);
    } catch (error) {
      if (isBroken(error)) this.#dropStore();
      // Nothing of these jobs has begun.
      this.#failAll(waiting, error, 'not-written');
    }
  }

  /** Runs jobs in the open transaction; when it fails as a whole, each again in its own, so that only the guilty fail. */
  #run(open: Open, jobs: readonly WriteJob[]): void {
    const { store, appender, calls } = open;
    const results: { job: WriteJob; result?: unknown; refused?: FailureError }[] = [];
    let committing = false;
    try {
      appender.begin();
      for (const job of jobs) {
        if (job.kind !== 'append') store.write.exec('SAVEPOINT job');
        try {
          results.push({ job, result: job.run(appender, calls, store.write) });
        } catch (error) {
          if (!(error instanceof FailureError)) throw error;
          if (job.kind !== 'append') store.write.exec('ROLLBACK TO job');
          results.push({ job, refused: error });
        }
        if (job.kind !== 'append') store.write.exec('RELEASE job');
      }
      const ends = appender.finish();
      committing = true;
      store.write.exec('COMMIT');
      for (const [partition, end] of ends) store.acked.acknowledge(partition, end);
      if (ends.size === 0) store.acked.ring();
    } catch (error) {
      store.write.rollback();
      this.#failTogether(open, jobs, error, committing);
      return;
    }
    for (const { job, result, refused } of results) {
      if (refused) job.failed(refused);
      else job.done(result);
    }
  }

  #failTogether(open: Open, jobs: readonly WriteJob[], error: unknown, committing: boolean): void {
    if (isBroken(error)) this.#dropStore();
    else if (jobs.length > 1) {
      for (const job of jobs) {
        try {
          open.store.write.exec('BEGIN IMMEDIATE');
        } catch (busy) {
          job.failed(asFailure(busy, this.settings.directory));
          continue;
        }
        this.#run(open, [job]);
      }
      return;
    }
    this.#failAll(jobs, error, committing && !isSurelyUndone(error) ? 'unknown' : 'not-written');
  }

  #failAll(jobs: readonly WriteJob[], error: unknown, outcome: Outcome): void {
    const { message, failure } = asFailure(error, this.settings.directory);
    for (const job of jobs) job.failed(new FailureError(failure.code, message, { ...failure, outcome }));
  }

  /** The next job opens the log anew, and is told what is wrong with it. */
  #dropStore(): void {
    this.#open = undefined;
    this.log.drop();
  }
}

/** Answers whether the transaction began; when not, another process holds the lock. */
function begin(store: Store, lastTry: boolean): boolean {
  try {
    store.write.exec('BEGIN IMMEDIATE');
    return true;
  } catch (error) {
    if (isBusy(error) && !lastTry) return false;
    throw error;
  }
}

function tooLate(directory: string): FailureError {
  return new FailureError(
    'TRAMLINE_AWAY',
    `The log in ${directory} did not come to this append within its time; nothing was written. The disk or another process is slow.`,
  );
}

export function appendJob(
  request: AppendRequest,
  records: Buffer,
  at: number,
  settle: Pick<WriteJob, 'done' | 'failed'>,
): WriteJob {
  return {
    weight: Math.max(request.count, request.bytes / ROW_BYTES),
    kind: 'append',
    deadline: performance.now() + request.timeoutMs,
    run: (appender) => appender.append(request, records, at),
    ...settle,
  };
}
