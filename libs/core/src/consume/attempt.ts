import { asError } from '../errors.js';
import { AttemptTimeoutError, BatchError } from '../failure/errors.js';
import type { Clock } from '../time/clock.js';
import { Deadlines, Timed } from './deadlines.js';
import { AttemptScope, type EventContext } from './event-context.js';
import type { Handler } from './handler.js';
import type { Slot } from './scheduler.js';

/** How long an aborted attempt may still take to end by itself. */
const GRACE_MS = 5_000;

class Attempt extends Timed {
  over = false;
  late = false;

  /** @param ended - called once, with the error of a failed attempt */
  constructor(
    readonly contexts: readonly EventContext[],
    readonly ended: (error?: Error) => void,
  ) {
    super();
  }
}

/**
 * Runs the attempts of one handler.
 *
 * Running -> ended, when what the handler returned settles. Running -> late, when the timeout passes: `signal` is aborted.
 * Late -> ended, as success when it still succeeds within the grace, else as AttemptTimeoutError; what the handler does after
 * that is outside every guarantee and ignored.
 */
export class HandlerRunner {
  private readonly deadlines: Deadlines<Attempt>;
  private readonly graces: Deadlines<Attempt>;
  private readonly scope = new AttemptScope();
  /** Attempts since the start, those of a batch as one. */
  attempts = 0;
  /** The last attempt that failed; `at` in milliseconds since 1970. */
  lastFailure: { readonly error: Error; readonly at: number } | undefined;

  constructor(
    readonly handler: Handler,
    readonly slot: Slot,
    private readonly clock: Clock,
  ) {
    this.deadlines = new Deadlines(clock, handler.timeoutMs, (attempt) => this.expire(attempt));
    this.graces = new Deadlines(clock, Math.min(GRACE_MS, handler.timeoutMs), (attempt) =>
      this.end(attempt, new AttemptTimeoutError(handler.id, handler.timeoutMs)),
    );
  }

  /** Attempts under way. */
  get running(): number {
    return this.deadlines.size + this.graces.size;
  }

  /** For how long the oldest attempt has been under way, milliseconds. */
  oldestMs(): number | undefined {
    const late = this.graces.oldestMs();
    return late === undefined ? this.deadlines.oldestMs() : late + this.handler.timeoutMs;
  }

  /** Remembers a failure, also one before the handler was called. */
  failed(error: Error): void {
    this.lastFailure = { error, at: this.clock.now() };
  }

  /** One attempt. `ended` is called once, perhaps before this returns. Never throws. */
  one(event: unknown, context: EventContext, ended: (error?: Error) => void): void {
    this.start([context], ended, context, event, context);
  }

  /** One attempt of a batch handler. There is no current context inside: the events have no common cause. */
  many(events: readonly unknown[], contexts: readonly EventContext[], ended: (error?: Error) => void): void {
    this.start(contexts, ended, undefined, events, contexts);
  }

  private start(
    contexts: readonly EventContext[],
    ended: (error?: Error) => void,
    current: EventContext | undefined,
    event: unknown,
    context: unknown,
  ): void {
    this.attempts++;
    let result: unknown;
    let waits: boolean;
    try {
      result = this.scope.run(current, this.handler.run, event, context);
      waits = isThenable(result);
    } catch (thrown) {
      ended(asError(thrown));
      return;
    }
    if (!waits) {
      ended();
      return;
    }
    const attempt = new Attempt(contexts, ended);
    this.deadlines.add(attempt);
    // A query builder's own `then` may throw; that of a promise is called as it is.
    Promise.resolve(result).then(
      () => this.end(attempt),
      (thrown: unknown) => {
        const error = asError(thrown);
        // A batch that says which events failed says of the others that they are done, also within the grace.
        const late = attempt.late && !(error instanceof BatchError);
        this.end(
          attempt,
          late ? new AttemptTimeoutError(this.handler.id, this.handler.timeoutMs, { cause: error }) : error,
        );
      },
    );
  }

  private expire(attempt: Attempt): void {
    attempt.late = true;
    this.graces.add(attempt);
    const reason = new AttemptTimeoutError(this.handler.id, this.handler.timeoutMs);
    for (const context of attempt.contexts) context.abort(reason);
  }

  private end(attempt: Attempt, error?: Error): void {
    if (attempt.over) return;
    attempt.over = true;
    (attempt.late ? this.graces : this.deadlines).delete(attempt);
    attempt.ended(error);
  }
}

function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
