import { asError } from '../errors.js';
import { BatchError } from '../failure/errors.js';
import type { Clock, Timer } from '../time/clock.js';
import type { EventContext } from './event-context.js';
import type { Job } from './scheduler.js';
import { Running, type Owner, type Work } from './work.js';

/**
 * Gathers the events of one partition for one batch handler.
 *
 * A batch is submitted when `size` events are there or the oldest has waited `waitMs`. One batch runs at a time, so the
 * events of a key stay in order.
 */
export class BatchLane {
  private gathered: Work[] = [];
  private timer: Timer | undefined;

  constructor(
    private readonly size: number,
    private readonly waitMs: number,
    private readonly clock: Clock,
    private readonly owner: Owner,
    private readonly submit: (job: Job) => void,
  ) {}

  /** Whether events wait for more. */
  get gathers(): boolean {
    return this.timer !== undefined;
  }

  add(work: Work): void {
    this.gathered.push(work);
    if (this.gathered.length >= this.size) this.flush();
    else this.timer ??= this.clock.setTimer(this.waitMs, () => this.flush());
  }

  /** Forgets what is gathered: the partition goes. */
  close(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.gathered = [];
  }

  private flush(): void {
    this.timer?.cancel();
    this.timer = undefined;
    const works = this.gathered;
    this.gathered = [];
    if (works.length > 0 && !this.owner.draining) this.submit(new BatchDelivery(works, this.owner));
  }
}

/** The job that brings a batch to its handler. Events that fail are tried again in place as a smaller batch. */
class BatchDelivery implements Job {
  next: Job | undefined;
  private ended!: () => void;

  constructor(
    private works: Work[],
    private readonly owner: Owner,
  ) {}

  run(ended: () => void): void {
    this.ended = ended;
    this.attempt();
  }

  private attempt(): void {
    const { owner } = this;
    if (owner.draining) return this.ended();
    const contexts = this.works.map((work) => work.context());
    const failed = new Map<Work, Error>();
    const works: Work[] = [];
    const payloads: unknown[] = [];
    const sound: EventContext[] = [];
    this.works.forEach((work, index) => {
      try {
        payloads.push(work.payload());
        works.push(work);
        sound.push(contexts[index]!);
      } catch (thrown) {
        failed.set(work, asError(thrown));
      }
    });
    const running = new Running(contexts);
    owner.began(running);
    const settle = (error?: Error) => {
      if (owner.signal.aborted) {
        owner.stopped(running);
        return this.ended();
      }
      const single = error instanceof BatchError ? error.failures : undefined;
      // A failure of an event that is not in the batch may be that of any: then all of them failed.
      const ofSome = single && [...single.keys()].every((index) => works[index] !== undefined);
      works.forEach((work, index) => {
        if (ofSome ? single.has(index) : error)
          failed.set(work, ofSome ? asError(single.get(index)) : error!);
        else work.succeeded();
      });
      this.after(failed, running);
    };
    if (works.length === 0) settle();
    else works[0]!.runner.many(payloads, sound, settle);
  }

  private after(failed: ReadonlyMap<Work, Error>, running: Running): void {
    const again: Work[] = [];
    const leaving: Promise<void>[] = [];
    let backoffMs = 0;
    for (const [work, error] of failed) {
      work.runner.failed(error);
      const decision = work.decide(error);
      if (decision.kind === 'again') {
        again.push(work);
        backoffMs = Math.max(backoffMs, decision.backoffMs);
      } else leaving.push(work.leave(decision, error));
    }
    void Promise.all(leaving).finally(() => {
      this.owner.stopped(running);
      if (again.length === 0) return this.ended();
      this.works = again;
      this.owner.later(backoffMs, () => this.attempt());
    });
  }
}
