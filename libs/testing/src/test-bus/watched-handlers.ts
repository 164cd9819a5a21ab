import type { EventContext, HandlerDefinition } from '@tramline/core';
import { PlannedFailures, type FailOptions } from './planned-failures.js';
import type { RunningAttempts } from './running-attempts.js';
import { TestBusError } from './test-bus-error.js';

/** Told of every event that a handler's code is about to get. */
export type Began = (event: unknown, context: EventContext) => void;

/** Handlers with the test between them and the runtime: it makes attempts fail, and knows which are under way. */
export class WatchedHandlers {
  readonly #ids = new Set<string>();
  readonly #failures = new PlannedFailures();

  constructor(private readonly attempts: RunningAttempts) {}

  watch(definition: HandlerDefinition, began: Began): HandlerDefinition {
    const { id } = definition;
    this.#ids.add(id);
    const run = (event: unknown, context: unknown): unknown => {
      const failure = this.#failures.take(id);
      if (failure) throw failure;
      if (definition.batch) {
        const contexts = context as readonly EventContext[];
        (event as readonly unknown[]).forEach((one, index) => began(one, contexts[index]!));
      } else began(event, context as EventContext);
      return this.#attempt(id, () => definition.run(event, context));
    };
    return { ...definition, run };
  }

  /** @throws TestBusError for an unknown handler id, or times that are none */
  fail(handlerId: string, options: FailOptions): void {
    this.mustKnow(handlerId);
    this.#failures.plan(handlerId, options);
  }

  /** @throws TestBusError */
  mustKnow(handlerId: string): void {
    if (this.#ids.has(handlerId)) return;
    const known = [...this.#ids].sort().join(', ') || 'none yet; call init() or start() of the service first';
    throw new TestBusError(`There is no handler '${handlerId}'. Known: ${known}.`);
  }

  /** What ends at once ends at once here too: the runtime makes a difference. */
  #attempt(handlerId: string, run: () => unknown): unknown {
    const ended = this.attempts.begin(handlerId);
    let result: unknown;
    try {
      result = run();
    } catch (error) {
      ended();
      throw error;
    }
    if (isThenable(result)) return Promise.resolve(result).finally(ended);
    ended();
    return result;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
