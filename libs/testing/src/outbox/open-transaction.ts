import type { OutboxStore } from '@tramline/core/outbox';

/** Thrown inside a transaction that is to be rolled back. */
class RolledBack extends Error {}

/** A transaction of `store.transaction` that stays open for as long as a case likes. */
export class OpenTransaction<Tx> {
  /** When the work has begun; rejects when it could not begin. */
  readonly begun: Promise<void>;
  readonly #ended: Promise<void>;
  #tx: { readonly open: Tx } | undefined;
  #end!: { commit(): void; rollback(): void };

  constructor(store: OutboxStore<Tx>) {
    const gate = new Promise<void>((resolve, reject) => {
      this.#end = { commit: resolve, rollback: () => reject(new RolledBack('rolled back by the suite')) };
    });
    gate.catch(() => undefined);
    let begun!: () => void;
    const started = new Promise<void>((resolve) => (begun = resolve));
    this.#ended = store.transaction((tx) => {
      this.#tx = { open: tx };
      begun();
      return gate;
    });
    this.#ended.catch(() => undefined);
    this.begun = Promise.race([started, this.#ended]);
    this.begun.catch(() => undefined);
  }

  /** @throws when it did not begin yet */
  get tx(): Tx {
    if (!this.#tx) throw new Error('The transaction did not begin.');
    return this.#tx.open;
  }

  commit(): Promise<void> {
    this.#end.commit();
    return this.#ended;
  }

  async rollback(): Promise<void> {
    this.#end.rollback();
    await this.#ended.catch((error: unknown) => {
      if (!(error instanceof RolledBack)) throw error;
    });
  }

  /** Ends it however it can be ended. */
  async abandon(): Promise<void> {
    this.#end.rollback();
    await this.#ended.catch(() => undefined);
  }
}
