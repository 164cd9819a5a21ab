import type { OutboxStore } from '@tramline/core/outbox';

/**
 * The transactions that we begin ourselves. Of all others nobody says when they commit, so the relay looks for their rows, again
 * and again; of these it is told once, when they end, and not at all of those that wrote nothing.
 */
export class OwnTransactions<Tx> {
  private readonly open = new Map<Tx, Set<number>>();

  /** @param ended - one that wrote rows in these buckets was committed, or the answer to its commit was lost */
  constructor(
    private readonly store: Pick<OutboxStore<Tx>, 'transaction'>,
    private readonly ended: (buckets: Iterable<number>) => void,
  ) {}

  /** As `OutboxStore.transaction`. */
  async run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const buckets = new Set<number>();
    let worked = false;
    try {
      return await this.store.transaction(async (tx) => {
        this.open.set(tx, buckets);
        try {
          const answer = await work(tx);
          worked = true;
          return answer;
        } finally {
          this.open.delete(tx);
        }
      });
    } finally {
      if (worked && buckets.size > 0) this.ended(buckets);
    }
  }

  /** Rows were written in `tx`. @returns false: it is not one of ours, or a savepoint within one of them */
  wrote(tx: Tx, buckets: readonly number[]): boolean {
    const own = this.open.get(tx);
    // A savepoint may be another object, and nobody says of which transaction: a look too many does no harm.
    for (const touched of own ? [own] : this.open.values()) for (const bucket of buckets) touched.add(bucket);
    return own !== undefined;
  }
}
