import type { OutboxStore } from '@tramline/core/outbox';

/**
 * The transactions that we begin ourselves. Of all others nobody says when they commit, so the relay looks for their rows, again
 * and again; of these it is told once, when they end, and not at all of those that wrote nothing.
 */
export class OwnTransactions<Tx> {
  private readonly open = new Map<Tx, Set<number>>();

  /** @param ended - one that wrote rows in these buckets has ended; with an error it may have been committed all the same */
  constructor(
    private readonly store: Pick<OutboxStore<Tx>, 'transaction'>,
    private readonly ended: (buckets: Iterable<number>) => void,
  ) {}

  /** As `OutboxStore.transaction`. */
  async run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const buckets = new Set<number>();
    try {
      return await this.store.transaction(async (tx) => {
        this.open.set(tx, buckets);
        try {
          return await work(tx);
        } finally {
          this.open.delete(tx);
        }
      });
    } finally {
      if (buckets.size > 0) this.ended(buckets);
    }
  }

  /** Rows were written in `tx`. @returns false: it is not one of ours */
  wrote(tx: Tx, buckets: readonly number[]): boolean {
    const touched = this.open.get(tx);
    for (const bucket of buckets) touched?.add(bucket);
    return touched !== undefined;
  }
}
