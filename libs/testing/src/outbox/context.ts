import assert from 'node:assert/strict';
import { systemClock, type Clock } from '@tramline/core';
import type {
  Lease,
  OutboxEntry,
  OutboxRow,
  OutboxStore,
  PendingRequest,
  WriteOptions,
} from '@tramline/core/outbox';
import { OpenTransaction } from './open-transaction.js';
import type { OutboxStoreSetup, OutboxStoreWorld } from './setup.js';

/** Longer than any case takes. */
export const LONG_MS = 600_000;

const AT_ONCE: WriteOptions = { ordered: true, delayMs: null };

/** The hands of one case: opens stores and transactions, waits, and cleans up. */
export class StoreContext<Tx> {
  readonly #stores: OutboxStore<Tx>[] = [];
  readonly #transactions: OpenTransaction<Tx>[] = [];
  #buckets: readonly number[] | undefined;

  constructor(
    readonly setup: OutboxStoreSetup<Tx>,
    readonly world: OutboxStoreWorld<Tx>,
  ) {}

  get keys(): number {
    return this.setup.keys ?? 2_000;
  }

  get clock(): Clock {
    return this.world.clock ?? systemClock;
  }

  /** Opens a store, as another process would. */
  async open(): Promise<OutboxStore<Tx>> {
    return this.keep(await this.world.open());
  }

  keep(store: OutboxStore<Tx>): OutboxStore<Tx> {
    this.#stores.push(store);
    return store;
  }

  /** A hook that the case needs. */
  hook<Name extends keyof OutboxStoreWorld<Tx>>(name: Name): NonNullable<OutboxStoreWorld<Tx>[Name]> {
    const hook = this.world[name];
    assert(
      hook !== undefined,
      `a setup that does not lack '${name}' must have the hook \`${name}\`; or say lacks: ['${name}']`,
    );
    return hook;
  }

  /** Writes in a transaction of its own, and commits. */
  async insert(store: OutboxStore<Tx>, list: readonly OutboxEntry[], options: Partial<WriteOptions> = {}) {
    await this.settled(
      'a transaction with an insert commits',
      store.transaction((tx) => store.insert(tx, list, { ...AT_ONCE, ...options })),
    );
  }

  /** Opens a transaction that stays open until the case, or its end, commits it or rolls it back. */
  async begin(store: OutboxStore<Tx>): Promise<OpenTransaction<Tx>> {
    // Asked for now: to find out takes a write, and where there is one writer it would wait for this transaction.
    await this.buckets(store);
    const transaction = new OpenTransaction(store);
    this.#transactions.push(transaction);
    await this.settled('a transaction begins', transaction.begun);
    return transaction;
  }

  /** Begins and writes; the insert has returned. */
  async beginWith(
    store: OutboxStore<Tx>,
    list: readonly OutboxEntry[],
    options: Partial<WriteOptions> = {},
  ): Promise<OpenTransaction<Tx>> {
    const transaction = await this.begin(store);
    await this.settled('an insert returns', store.insert(transaction.tx, list, { ...AT_ONCE, ...options }));
    return transaction;
  }

  /** Every bucket that there is, leased to `owner` for longer than the case takes. */
  async claimAll(store: OutboxStore<Tx>, owner = 'suite', leaseMs = LONG_MS): Promise<readonly Lease[]> {
    const { buckets } = await store.beat(owner, leaseMs);
    const leases = await store.claim(owner, buckets, leaseMs);
    assert.equal(leases.length, buckets, `${owner} claims every bucket`);
    return leases;
  }

  /** Pending rows of all buckets, or as the request says. */
  async pending(
    store: OutboxStore<Tx>,
    request: Partial<PendingRequest> = {},
  ): Promise<readonly OutboxRow[]> {
    const buckets = request.buckets ?? (await this.buckets(store));
    return store.pending({ after: 0, limit: 10_000, maxBytes: 1e9, ...request, buckets });
  }

  /** Numbers of all buckets: those that a relay that owns everything is given. */
  async buckets(store: OutboxStore<Tx>): Promise<readonly number[]> {
    if (this.#buckets === undefined) {
      const { buckets } = await store.beat('suite-counter', 1);
      await store.leave('suite-counter');
      this.#buckets = Array.from({ length: buckets }, (_, bucket) => bucket);
    }
    return this.#buckets;
  }

  /** Waits until `reached`. Never asserts how long that took. */
  async until(what: string, reached: () => boolean | Promise<boolean>): Promise<void> {
    const patienceMs = this.setup.patienceMs ?? 20_000;
    const deadline = this.clock.monotonic() + patienceMs;
    while (!(await reached())) {
      if (this.clock.monotonic() > deadline) assert.fail(`waited ${patienceMs} ms in vain for: ${what}`);
      await this.pass(5);
    }
  }

  /** The outcome of `work`, with time passing meanwhile. */
  async settled<T>(what: string, work: Promise<T>): Promise<T> {
    let done = false;
    const end = () => (done = true);
    work.then(end, end);
    await this.until(what, () => done);
    return work;
  }

  /**
   * Gives `work` every chance to end, and says whether it did. A store that is right is never found wrong by this, however
   * slow it is; one that is wrong had the time of many round trips to show it.
   */
  async ends(store: OutboxStore<Tx>, work: Promise<unknown>): Promise<boolean> {
    let done = false;
    const end = () => (done = true);
    work.then(end, end);
    for (let turn = 0; turn < 20 && !done; turn++) {
      await store.horizon();
      await this.pass(2);
    }
    return done;
  }

  async pass(ms: number): Promise<void> {
    const { clock } = this.world;
    if (clock?.advance) return clock.advance(ms);
    await new Promise<void>((resolve) => void this.clock.setTimer(ms, resolve, true));
  }

  /** Rolls back what the case left open, and closes every store. */
  async finish(): Promise<void> {
    try {
      for (const transaction of this.#transactions)
        await this.settled('a transaction ends', transaction.abandon());
      await this.settled('every store closes', Promise.all(this.#stores.map((store) => store.close())));
    } finally {
      await this.world.dispose?.();
    }
  }
}
