import { ClosedError, type Clock } from '@tramline/core';
import { away, ModelDatabaseError } from './errors.js';
import type { StatementCall, StatementFault, StatementFaults } from './faults.js';

/** What a wire needs of the database. */
export interface WireServer {
  readonly clock: Clock;
  readonly faults: StatementFaults;
  readonly away: boolean;
  /** Milliseconds that a statement takes to get there, and its answer to come back. */
  readonly latencyMs: number;
}

/**
 * The way between one process and the database. A statement takes one turn of the process's clock to get there and one to get
 * back; between the two a crash or an outage leaves the classic half: applied, but nobody was told.
 *
 * - *cut*: the database cannot be reached by this process alone.
 * - *crashed*: nothing that was called ever settles. For good.
 * - *closed*: new calls are refused.
 */
export class Wire {
  crashed = false;
  cut = false;
  closed = false;

  constructor(
    readonly process: string,
    readonly clock: Clock,
    readonly server: WireServer,
  ) {}

  get away(): boolean {
    return this.server.away || this.cut;
  }

  /**
   * Runs `apply` at the database and brings back what it answers or throws.
   * @param broken - told when the connection broke over this statement
   */
  async request<T>(
    statement: StatementCall['statement'],
    apply: () => T | Promise<T>,
    broken: (fault: StatementFault) => void = () => undefined,
  ): Promise<T> {
    if (this.closed) throw new ClosedError('This model store');
    await this.#turn();
    await this.#atServer(this.server.latencyMs);
    if (this.away) {
      broken({});
      throw away(statement);
    }
    const fault = this.server.faults.take({ statement, process: this.process });
    await this.#atServer(fault?.stallMs ?? 0);
    if (fault && fault.error !== null) return this.#fail(statement, fault, apply, broken);
    const answer = await settled(apply);
    await this.#atServer(this.server.latencyMs + (fault?.answerMs ?? 0));
    await this.#turn();
    if (this.away) {
      broken({});
      throw away(statement);
    }
    if ('thrown' in answer) throw answer.thrown;
    return answer.value;
  }

  async #fail<T>(
    statement: StatementCall['statement'],
    fault: StatementFault,
    apply: () => T | Promise<T>,
    broken: (fault: StatementFault) => void,
  ): Promise<never> {
    const { applied = 'never', error = 'away' } = fault;
    if (applied === 'now') await settled(apply);
    else if (typeof applied === 'object')
      this.server.clock.setTimer(applied.afterMs, () => void settled(apply));
    broken(fault);
    await this.#turn();
    throw error === 'away' || error === null
      ? away(statement)
      : new ModelDatabaseError(error, `The test made this ${statement} fail (ModelDatabase.failNext).`);
  }

  /** One turn of this process. Never ends once it crashed. */
  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.clock.setTimer(0, () => !this.crashed && resolve(), true);
    });
  }

  async #atServer(ms: number): Promise<void> {
    if (ms <= 0) return;
    await new Promise<void>((resolve) => void this.server.clock.setTimer(ms, resolve, true));
  }
}

async function settled<T>(
  apply: () => T | Promise<T>,
): Promise<{ readonly value: T } | { readonly thrown: unknown }> {
  try {
    return { value: await apply() };
  } catch (thrown) {
    return { thrown };
  }
}
