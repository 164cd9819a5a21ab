import type { DatabaseErrorKind, OutboxStore } from '@tramline/core/outbox';

/** What a fault can be planted in: the calls of the store that ask the database, and those of a transaction. */
export type Statement =
  Exclude<keyof OutboxStore, 'name' | 'kindOf' | 'close' | 'transaction'> | 'begin' | 'commit' | 'rollback';

/** One statement, as a fault's filter sees it. */
export interface StatementCall {
  readonly statement: Statement;
  /** Who sends it. */
  readonly process: string;
}

/** How a statement goes wrong, or slow. */
export interface StatementFault {
  /**
   * What the caller gets. Default: `away`, and in a transaction the connection is dead then, so that it rolls back; null:
   * nothing, it is only slow.
   */
  readonly error?: DatabaseErrorKind | null;
  /**
   * What the database did all the same: nothing (default), everything with the answer lost, or everything some milliseconds
   * after the caller was told that it failed.
   */
  readonly applied?: 'never' | 'now' | { readonly afterMs: number };
  /** Milliseconds that it lies at the database before it begins. */
  readonly stallMs?: number;
  /** Milliseconds between its effect and its answer. */
  readonly answerMs?: number;
  /** When the connection of a transaction dies: how long the database does not notice, so that it stays open. Default 0. */
  readonly openForMs?: number;
}

export interface StatementFaultOptions {
  /** How many matching statements; `Infinity` until `clearFaults`. Default 1. */
  readonly times?: number;
  /** Which ones. Default: all. */
  readonly where?: (call: StatementCall) => boolean;
}

interface Planted {
  left: number;
  readonly statement: Statement | 'any';
  readonly where: (call: StatementCall) => boolean;
  readonly fault: StatementFault;
}

/** Faults that wait for their statement. The first that matches, in order of planting, is used up. */
export class StatementFaults {
  readonly #planted: Planted[] = [];

  plant(
    statement: Statement | 'any',
    fault: StatementFault,
    { times = 1, where = () => true }: StatementFaultOptions,
  ): void {
    this.#planted.push({ statement, fault, where, left: times });
  }

  clear(): void {
    this.#planted.length = 0;
  }

  take(call: StatementCall): StatementFault | undefined {
    const found = this.#planted.find(
      ({ statement, where }) => (statement === 'any' || statement === call.statement) && where(call),
    );
    if (found && --found.left <= 0) this.#planted.splice(this.#planted.indexOf(found), 1);
    return found?.fault;
  }
}
