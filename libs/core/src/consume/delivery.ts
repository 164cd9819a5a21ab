import { asError } from '../errors.js';
import type { Job } from './scheduler.js';
import { Running, type Owner, type Work } from './work.js';

/**
 * The job that brings one event to one handler.
 *
 * Attempt -> done; or attempt -> wait in place -> attempt; or attempt -> write to a tier or the dead letters -> done. While
 * the partition drains no attempt begins: the event stays undone and the next owner runs it.
 */
export class Delivery implements Job {
  next: Job | undefined;
  private ended!: () => void;

  constructor(
    private readonly work: Work,
    private readonly owner: Owner,
  ) {}

  run(ended: () => void): void {
    this.ended = ended;
    this.attempt();
  }

  private attempt(): void {
    const { work, owner } = this;
    if (owner.draining) return this.ended();
    const context = work.context();
    const running = new Running([context]);
    let payload: unknown;
    try {
      payload = work.payload();
    } catch (thrown) {
      return this.failed(running, asError(thrown));
    }
    let over = false;
    work.runner.one(payload, context, (error) => {
      over = true;
      if (error) return this.failed(running, error);
      owner.stopped(running);
      if (!owner.signal.aborted) work.succeeded();
      this.ended();
    });
    // Nobody can wait for, or abort, what is over before it returns.
    if (!over) owner.began(running);
  }

  private failed(running: Running, error: Error): void {
    const { work, owner } = this;
    if (owner.signal.aborted) {
      owner.stopped(running);
      return this.ended();
    }
    work.runner.failed(error);
    const decision = work.decide(error);
    if (decision.kind === 'again') {
      owner.stopped(running);
      return owner.later(decision.backoffMs, () => this.attempt());
    }
    owner.began(running);
    // The lane stays busy until the copy is acknowledged; the drain waits for it as for an attempt.
    void work.leave(decision, error).finally(() => {
      owner.stopped(running);
      this.ended();
    });
  }
}
