import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { ConfigurationError } from '../errors.js';
import type { Envelope } from '../envelope/envelope.js';

const storage = new AsyncLocalStorage<EventContext | undefined>();

/** Where an event was published first. `timestamp`: milliseconds since 1970, of that record. */
export interface Origin {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
}

/** A replay that brings events of the past to one handler again. */
export interface Replay {
  readonly id: string;
  /** Effects that the inbox knows are repeated, once for each replay. */
  readonly again: boolean;
}

/**
 * What a handler knows of the attempt it runs in. A class, because an interface as a parameter type breaks
 * `emitDecoratorMetadata`. `Tx` is the transaction's type for handlers with `once: true`.
 */
export class EventContext<Tx = unknown> {
  // Getters, not copies: one of these is made for every attempt.
  private controller: AbortController | undefined;
  private abortReason: Error | undefined;

  constructor(
    readonly envelope: Envelope,
    readonly origin: Origin,
    readonly handlerId: string,
    readonly group: string,
    /** 1 for the first run of this handler on this event, counted through retries and restarts. */
    readonly attempt: number,
    private transaction?: Tx,
    /** Which replay of the past brought the event; undefined where none did. */
    readonly replay?: Replay,
  ) {}

  /** Unique per event, the same in every attempt and group: the idempotency key for what cannot be rolled back. */
  get eventId(): string {
    return this.envelope.id;
  }

  get type(): string {
    return this.envelope.type;
  }

  get source(): string {
    return this.envelope.source;
  }

  /** When the event happened. */
  get time(): Date {
    return this.envelope.time;
  }

  get key(): string | null {
    return this.envelope.key;
  }

  get headers(): Readonly<Record<string, string>> {
    return this.envelope.headers;
  }

  /** The correlation that came with the event; the event's own id where none came. */
  get correlationId(): string {
    return this.envelope.correlationId ?? this.envelope.id;
  }

  get causationId(): string | undefined {
    return this.envelope.causationId;
  }

  get traceparent(): string | undefined {
    return this.envelope.traceparent;
  }

  get tracestate(): string | undefined {
    return this.envelope.tracestate;
  }

  /** Aborted when the attempt's time is over, the process stops, or the partition belongs to somebody else. */
  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.abortReason) this.controller.abort(this.abortReason);
    }
    return this.controller.signal;
  }

  /** The transaction of a handler with `once: true`. @throws ConfigurationError elsewhere */
  get tx(): Tx {
    if (this.transaction === undefined) {
      throw new ConfigurationError([
        `context.tx exists only in handlers with 'once: true'; '${this.handlerId}' has none.`,
      ]);
    }
    return this.transaction;
  }

  /** The transaction of the next run of a handler with `once: true`. Called by the runtime. */
  enter(transaction: Tx): void {
    this.transaction = transaction;
  }

  /** Ends what listens to `signal`. Called by the runtime. */
  abort(reason: Error): void {
    this.abortReason ??= reason;
    this.controller?.abort(reason);
  }

  /** The context of the attempt that the caller runs in, through any depth of calls and awaits; undefined elsewhere. */
  static current(): EventContext | undefined {
    return storage.getStore();
  }

  /** Runs `work` as part of an attempt. For the runtime and for tests of code that calls {@link EventContext.current}. */
  static run<T>(context: EventContext, work: () => T): T {
    return storage.run(context, work);
  }
}

/**
 * Where the attempts of one handler begin: in the asynchronous context in which this was made, whatever brought the record
 * here, and as part of their own {@link EventContext}. (Before Node 24, what a handler gives to `enterWith` of another storage
 * stays for its later attempts.)
 *
 * It costs a fifth of {@link EventContext.run}, which makes a context to come back to for every event (measured, Node 26).
 */
export class AttemptScope {
  // Without it Node would keep watch over when this is collected.
  private readonly resource = new AsyncResource('TRAMLINE_ATTEMPT', { requireManualDestroy: true });

  /** @param context - undefined: `work` is part of no attempt */
  run<A extends unknown[]>(
    context: EventContext | undefined,
    work: (...args: A) => unknown,
    ...args: A
  ): unknown {
    return this.resource.runInAsyncScope(enter<A>, undefined, context, work, args);
  }
}

function enter<A extends unknown[]>(
  context: EventContext | undefined,
  work: (...args: A) => unknown,
  args: A,
): unknown {
  storage.enterWith(context);
  return work(...args);
}
