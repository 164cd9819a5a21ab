import { AsyncLocalStorage } from 'node:async_hooks';
import type { Envelope } from '../envelope/envelope.js';

const storage = new AsyncLocalStorage<EventContext>();

/**
 * What a handler knows of the attempt it runs in. A class, because an interface as a parameter type breaks
 * `emitDecoratorMetadata`. `Tx` is the transaction's type for handlers with `once: true`.
 */
export class EventContext<Tx = unknown> {
  /** Unique per event, the same in every attempt and group: the idempotency key for what cannot be rolled back. */
  readonly eventId: string;
  readonly type: string;
  readonly source: string;
  /** When the event happened. */
  readonly time: Date;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly correlationId: string;
  readonly causationId: string | undefined;
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;

  constructor(
    readonly envelope: Envelope,
    /** Where the event was published first. */
    readonly origin: { readonly topic: string; readonly partition: number; readonly offset: number; readonly timestamp: number },
    readonly handlerId: string,
    readonly group: string,
    /** 1 for the first run of this handler on this event, counted through retries and restarts. */
    readonly attempt: number,
    /** Aborted when the attempt's time is over, the process stops, or the partition belongs to somebody else. */
    readonly signal: AbortSignal,
    private readonly transaction?: Tx,
  ) {
    this.eventId = envelope.id;
    this.type = envelope.type;
    this.source = envelope.source;
    this.time = envelope.time;
    this.key = envelope.key;
    this.headers = envelope.headers;
    this.correlationId = envelope.correlationId ?? envelope.id;
    this.causationId = envelope.causationId;
    this.traceparent = envelope.traceparent;
    this.tracestate = envelope.tracestate;
  }

  /** The transaction of a handler with `once: true`. @throws Error elsewhere */
  get tx(): Tx {
    if (this.transaction === undefined) {
      throw new Error(`context.tx exists only in handlers with 'once: true'; '${this.handlerId}' has none.`);
    }
    return this.transaction;
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
