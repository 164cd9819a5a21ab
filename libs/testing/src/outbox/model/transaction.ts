import type { ModelSession } from './session.js';

/**
 * A transaction of the model database, in the hands of its user.
 *
 * open -> ended, by `commit`, `rollback`, or by the database when the connection dies. A statement that fails inside leaves it
 * open but aborted: it takes nothing any more, and ends in a rollback whatever is asked.
 */
export class ModelTransaction {
  constructor(
    /** The side of the database: for stores alone. */
    readonly session: ModelSession,
    private readonly ask: <T>(statement: 'commit' | 'rollback', apply: () => T) => Promise<T>,
  ) {}

  /** @throws ModelDatabaseError when it ended before, or was aborted; it is rolled back then */
  commit(): Promise<void> {
    return this.ask('commit', () => this.session.commit());
  }

  rollback(): Promise<void> {
    return this.ask('rollback', () => this.session.rollback());
  }

  /** Runs `work`, and rolls back to what was before it, also when it rejects; then rethrows. */
  async behindSavepoint(work: () => Promise<void>): Promise<void> {
    const back = this.session.savepoint();
    try {
      await work();
    } finally {
      back();
    }
  }
}
