import {
  silentLog,
  type Duration,
  type EventBus,
  type EventOf,
  type EventRef,
  type LoggedEvent,
  type Tramline,
  type TramlineOptions,
} from '@tramline/core';
import { MemoryBroker } from '../memory/broker.js';
import { memory } from '../memory/memory.js';
import { SeededRandom } from '../time/seeded-random.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { HeldTopics } from './held-topics.js';
import { Journal, type DeadEvent, type HandledEvent } from './journal.js';
import { KnownEvents } from './known-events.js';
import type { FailOptions } from './planned-failures.js';
import { RunningAttempts } from './running-attempts.js';
import { TestBusError } from './test-bus-error.js';
import { TestOutbox } from './test-outbox.js';
import { TestTime, milliseconds } from './test-time.js';
import { TestTramline } from './test-tramline.js';
import { WatchedHandlers } from './watched-handlers.js';

export interface TestBusOptions {
  /** The wall clock at the beginning. Default 2026-01-01T00:00:00Z. */
  readonly start?: Date;
  /** Seed of all chance: event ids, jitter between attempts. Default 1. */
  readonly seed?: number;
  /**
   * How long, in real time, virtual time stands still for an attempt that is under way: handlers may use a real database.
   * A handler that hangs costs a test this much, once for each attempt. Default 1s.
   */
  readonly patience?: Duration;
  /**
   * Makes what handlers with `once: true` get as `context.tx`, and `outbox.transaction` passes on; called for each. Default:
   * something that `outbox.publish` accepts and that can do nothing else.
   */
  readonly tx?: () => unknown;
}

/** Options of a service under test; what {@link TestBus.create} replaces may be left out. */
export type TestedOptions = Omit<TramlineOptions, 'transport'> & Partial<Pick<TramlineOptions, 'transport'>>;

/**
 * A bus for tests: the real runtime on a log in memory and on virtual time. It connects to nothing, and no test waits.
 *
 * {@link create} makes a service's bus on it (several share the log); with NestJS, `TestBus.attach` of
 * `@tramline/testing/nest` does. {@link idle} runs all that needs no time, {@link advance} lets time pass; by itself time
 * stands still.
 */
export class TestBus {
  readonly clock: VirtualClock;
  /** The log itself, with faults and outages, for tests that want more than is here. */
  readonly broker: MemoryBroker;
  readonly #random: SeededRandom;
  readonly #attempts: RunningAttempts;
  readonly #time: TestTime;
  readonly #handlers: WatchedHandlers;
  readonly #outbox: TestOutbox;
  readonly #held = new HeldTopics();
  readonly #events = new KnownEvents();
  readonly #buses = new Map<Tramline, Journal>();

  constructor({ start, seed = 1, patience = '1s', tx }: TestBusOptions = {}) {
    this.clock = new VirtualClock(start?.getTime());
    this.broker = new MemoryBroker({ clock: this.clock });
    this.#random = new SeededRandom(seed);
    this.#attempts = new RunningAttempts(milliseconds(patience, 'patience'));
    this.#time = new TestTime(this.clock, this.#attempts);
    this.#handlers = new WatchedHandlers(this.#attempts);
    this.#outbox = new TestOutbox(tx);
  }

  /**
   * A service's bus on this log and this clock. Everything else in `options` holds as it does in production, except that
   * missing topics are always made, and that an outbox needs no database: what is published in a transaction goes into the log,
   * at once, or, where the outbox opened the transaction, when it succeeded. @throws ConfigurationError
   */
  create(options: TestedOptions): Tramline {
    this.#events.add(options.contracts ?? []);
    const replaced: TramlineOptions = {
      log: silentLog,
      ...options,
      transport: this.#held.provider(memory({ broker: this.broker })),
      ...(options.outbox && { outbox: this.#outbox.provider(options.outbox) }),
      clock: this.clock,
      random: this.#random,
      topics: { ...options.topics, topology: 'create' },
    };
    const tramline: Tramline = new TestTramline(
      replaced,
      (definition) => {
        this.#events.add(definition.events);
        return this.#handlers.watch(definition, (event, context) => journal.began(event, context));
      },
      this.#time,
    );
    const journal = new Journal(tramline, options, this.broker);
    this.#buses.set(tramline, journal);
    return tramline;
  }

  /** Publishes through the service's bus (the first one's): as `EventBus.publish`. */
  readonly publish = ((...event: Parameters<EventBus['publish']>) =>
    this.#first().events.publish(...event)) as EventBus['publish'];

  /**
   * Runs `work` in a transaction of the service's outbox (the first one's): what it publishes in `tx` is in the log when it
   * succeeded, and never when it threw. @throws ConfigurationError when the service has no outbox
   */
  transaction<T>(work: (tx: unknown) => Promise<T>): Promise<T> {
    return this.#first().outbox.transaction(work);
  }

  /**
   * Runs all that needs no time to pass: what was published is delivered, and handlers run to their end. A failed event
   * waits; {@link advance} brings its next attempt.
   * @throws TestBusError when a handler is still running after `patience`
   */
  async idle(): Promise<void> {
    this.#first();
    await this.#time.idle();
  }

  /** Lets virtual time pass, with all that is due on the way: retries, commits, timeouts. */
  async advance(duration: Duration): Promise<void> {
    this.#first();
    await this.#time.advance(duration);
  }

  /** The events of one kind that were published, by the services and by the test, in order. */
  published<const R extends EventRef>(ref: R): LoggedEvent<EventOf<R>>[] {
    this.#first();
    const contract = this.#events.contractOf(ref);
    return this.#journals().flatMap((journal) => journal.published(contract)) as LoggedEvent<EventOf<R>>[];
  }

  /** The events that a handler was through with, in order. @throws TestBusError for an unknown handler id */
  handled<T = unknown>(handlerId: string): HandledEvent<T>[] {
    this.#first();
    this.#handlers.mustKnow(handlerId);
    return this.#journals().flatMap((journal) => journal.handled(handlerId)) as HandledEvent<T>[];
  }

  /** The events that handlers gave up on, in order; those that were redriven since are left out. */
  deadLetters(): DeadEvent[] {
    this.#first();
    return this.#journals().flatMap((journal) => journal.dead((type) => this.#events.contractOf(type)));
  }

  /** Lets the next attempts of a handler fail before its code runs. @throws TestBusError for an unknown handler id */
  fail(handlerId: string, options: FailOptions = {}): void {
    this.#first();
    this.#handlers.fail(handlerId, options);
  }

  /**
   * Lets what is published next to the topic of this event lie in the log twice, as after a repeat by its publisher: each
   * handler gets it twice, under one event id.
   * @param times - how many appends; what is published together is repeated together. Default 1
   */
  duplicate(ref: EventRef, { times = 1 }: { readonly times?: number } = {}): void {
    const topic = this.#topicOf(ref);
    this.broker.duplicateNext({ times, where: (call) => call.topic === topic });
  }

  /** Keeps the topic of this event from being delivered until {@link release}: events of other topics overtake it. */
  hold(ref: EventRef): void {
    this.#held.hold(this.#topicOf(ref));
  }

  /** Lets what {@link hold} held back be delivered. @param ref - default: everything */
  release(ref?: EventRef): void {
    this.#held.release(ref === undefined ? undefined : this.#topicOf(ref));
  }

  /**
   * Closes the services' buses, as the end of their processes would.
   * @throws TestBusError when something is left that would happen later, such as an attempt that does not end
   */
  async close(): Promise<void> {
    await Promise.all([...this.#buses.keys()].map((bus) => bus.close()));
    await this.clock.settle();
    const { pending } = this.clock;
    if (pending === 0) return;
    const running = this.#attempts.handlerIds.join(', ');
    throw new TestBusError(
      `The bus is closed, but ${pending} timers are left. ` +
        (running
          ? `${running} still runs: let it end on context.signal.`
          : 'Something was planned for later, such as a fault.'),
    );
  }

  #journals(): Journal[] {
    return [...this.#buses.values()];
  }

  #topicOf(ref: EventRef): string {
    return this.#first().naming.topic(this.#events.contractOf(ref).topic);
  }

  #first(): Tramline {
    const [first] = this.#buses.keys();
    if (first) return first;
    throw new TestBusError(
      'This TestBus has no bus yet. Call create(options) first; with NestJS compile the testing module and call init(), ' +
        'and see that TramlineModule is among its imports.',
    );
  }
}
