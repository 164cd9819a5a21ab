import type { ModelSession } from './session.js';

type Ask = <T>(statement: 'commit' | 'rollback', apply: () => T) => Promise<T>;

const sessions = new WeakMap<ModelTransaction, ModelSession>();

/** The side of the database. */
export function sessionOf(transaction: ModelTransaction): ModelSession {
  return sessions.get(transaction)!;
}

/**
 * A transaction of the model database, in the hands of its user.
 *
 * open -> ended, by `commit`, `rollback`, or by the database when the connection dies. A statement that fails inside leaves it
 * open but aborted: it takes nothing any more, and ends in a rollback whatever is asked.
 */
export class ModelTransaction {
  readonly #ask: Ask;

  /** Made by a store. */
  constructor(session: ModelSession, ask: Ask) {
    sessions.set(this, session);
    this.#ask = ask;
  }

  /** @throws ModelDatabaseError when it ended before, or was aborted; it is rolled back then */
  commit(): Promise<void> {
    return this.#ask('commit', () => sessionOf(this).commit());
  }

  rollback(): Promise<void> {
    return this.#ask('rollback', () => sessionOf(this).rollback());
  }

  /** Runs `work`, and rolls back to what was before it, also when it rejects; then rethrows. */
  async behindSavepoint(work: () => Promise<void>): Promise<void> {
    const back = sessionOf(this).savepoint();
    try {
      await work();
    } finally {
      back();
    }
  }
}
