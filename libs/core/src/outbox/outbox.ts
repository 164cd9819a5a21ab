import type { EventRef, PayloadOf } from '../contract/contract.js';
import type { ContractRegistry } from '../contract/contract-registry.js';
import { ConfigurationError } from '../errors.js';
import type { PublishItem } from '../publish/event-bus.js';
import type { Drafter } from '../publish/drafter.js';
import type { Draft } from '../publish/pending-event.js';
import { publishedBy } from '../publish/published.js';
import type { PublishOptions } from '../publish/receipt.js';
import type { Clock } from '../time/clock.js';
import type { Duration } from '../time/duration.js';
import type { OutboxBackend, OutboxStatus, WriteOptions } from './outbox-backend.js';
import { writeOptions } from './write-options.js';

/** What may be said of one event in the outbox beyond its payload. */
export interface OutboxPublishOptions extends PublishOptions {
  /** Relayed no earlier than this long after now, by the database's clock, without order. Not together with `at`. */
  readonly delay?: Duration;
  /** Relayed no earlier than this time, without order. A past one means at once. */
  readonly at?: Date;
  /** false: writers of one key do not wait for each other's commit, and the order of the key is lost. Default true. */
  readonly ordered?: boolean;
}

/** The event is part of the transaction: it is published if that commits, and never otherwise. */
export interface OutboxReceipt {
  readonly eventId: string;
}

/** What an {@link Outbox} is made of. `Tramline` puts it together. */
export interface OutboxParts<Tx> {
  /** Undefined where none was configured: every call then says so. */
  readonly backend: OutboxBackend<Tx> | undefined;
  readonly contracts: ContractRegistry;
  readonly drafter: Drafter;
  readonly clock: Clock;
}

/**
 * Publishes events as part of the caller's database transaction: they reach the broker after it commits, and never when it
 * rolls back. The forms are those of `EventBus`; `Tx` is what the configured outbox takes for a transaction.
 *
 * What is wrong with an event by itself is thrown before anything is written: `PayloadError`, `PublishError`,
 * `UnknownEventError`. Without an open transaction it throws `OutboxError`. What the database throws comes out as it is.
 */
export class Outbox<Tx = unknown> {
  constructor(private readonly parts: OutboxParts<Tx>) {}

  /** Publishes one event by its class, contract or name. */
  publish<const R extends EventRef>(
    tx: Tx,
    ref: R,
    payload: PayloadOf<R>,
    options?: OutboxPublishOptions,
  ): Promise<OutboxReceipt>;
  /** Publishes an instance of a class with `@EventContract`. */
  publish<T extends object>(
    tx: Tx,
    instance: T extends EventRef ? never : T,
    options?: OutboxPublishOptions,
  ): Promise<OutboxReceipt>;
  async publish(
    tx: Tx,
    first: EventRef | object,
    second?: unknown,
    third?: OutboxPublishOptions,
  ): Promise<OutboxReceipt> {
    const backend = this.backend();
    const { draft, how } = this.draft(first, second, third);
    await backend.write(tx, [draft], how);
    return { eventId: draft.id };
  }

  /**
   * Publishes a list, all of it or nothing; receipts come in its order. `options` hold for the whole list; what the list says
   * of single events is as in `EventBus.publishAll`.
   */
  async publishAll<const L extends readonly unknown[]>(
    tx: Tx,
    list: L & { readonly [I in keyof L]: PublishItem<L[I]> },
    options: Pick<OutboxPublishOptions, 'delay' | 'at' | 'ordered'> = {},
  ): Promise<OutboxReceipt[]> {
    const backend = this.backend();
    const drafts = (list as readonly unknown[]).map((item) =>
      Array.isArray(item)
        ? this.draft(item[0] as EventRef, item[1], { ...(item[2] as PublishOptions), ...options })
        : this.draft(item as object, options),
    );
    if (drafts.length === 0) return [];
    await backend.write(
      tx,
      drafts.map(({ draft }) => draft),
      drafts[0]!.how,
    );
    return drafts.map(({ draft }) => ({ eventId: draft.id }));
  }

  /**
   * Runs `work` in a new transaction of the configured database: commits when it resolves, rolls back when it rejects. For
   * those who have no way of their own to open one; the relay hears of the commit at once.
   */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.backend().transaction(work);
  }

  /** How the outbox stands. */
  async status(): Promise<OutboxStatus> {
    return this.backend().status();
  }

  private backend(): OutboxBackend<Tx> {
    if (this.parts.backend) return this.parts.backend;
    throw new ConfigurationError([
      `There is no outbox. Give one in the options of the bus, such as outbox: pg(pool) from '@tramline/outbox/pg'.`,
    ]);
  }

  private draft(
    first: EventRef | object,
    second?: unknown,
    third?: OutboxPublishOptions,
  ): { readonly draft: Draft; readonly how: WriteOptions } {
    const { contracts, drafter, clock } = this.parts;
    const { contract, payload, options } = publishedBy(contracts, first, second, third);
    const { delay: _, at: __, ordered: ___, ...others } = options ?? {};
    const draft = drafter.draft(contract, payload, others);
    return { draft, how: writeOptions(draft, options ?? {}, clock) };
  }
}
