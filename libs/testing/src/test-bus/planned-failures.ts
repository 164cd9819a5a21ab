import { TestBusError } from './test-bus-error.js';

export interface FailOptions {
  /** How many attempts fail. `Infinity`: all from now on. Default 1. */
  readonly times?: number;
  /** What they fail with. Default: an Error that says that the test wanted it. */
  readonly error?: Error;
}

/** Failures that wait for an attempt, by handler; first planned, first met. */
export class PlannedFailures {
  readonly #planned = new Map<string, { left: number; readonly error: Error }[]>();

  plan(handlerId: string, { times = 1, error }: FailOptions): void {
    if (times !== Infinity && !(Number.isInteger(times) && times >= 1)) {
      throw new TestBusError(
        `fail('${handlerId}'): times is ${times}; give a whole number from 1, or Infinity.`,
      );
    }
    const planned = {
      left: times,
      error: error ?? new Error(`The test made '${handlerId}' fail (TestBus.fail).`),
    };
    this.#planned.set(handlerId, [...(this.#planned.get(handlerId) ?? []), planned]);
  }

  /** The error that this attempt is to fail with, if any. */
  take(handlerId: string): Error | undefined {
    const [first, ...others] = this.#planned.get(handlerId) ?? [];
    if (!first) return undefined;
    if (--first.left === 0) this.#planned.set(handlerId, others);
    return first.error;
  }
}
