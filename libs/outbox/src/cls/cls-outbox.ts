import {
  OutboxError,
  type EventRef,
  type Outbox,
  type OutboxPublishOptions,
  type OutboxReceipt,
  type PayloadOf,
  type PublishItem,
} from '@tramline/core';

/** What is needed of the `TransactionHost` of @nestjs-cls/transactional, version 3 or later. */
export interface CurrentTransaction {
  readonly tx: unknown;
  isTransactionActive(): boolean;
}

/**
 * An {@link Outbox} that publishes in the transaction that is current where it is called: that of `@Transactional()` of
 * @nestjs-cls/transactional. Elsewhere it throws: the host's `tx` is the plain connection there, and the event would be
 * published whatever becomes of the caller's work. The host and the outbox have to be of one database.
 *
 * ```ts
 * {
 *   provide: ClsOutbox,
 *   inject: [Outbox, TransactionHost],
 *   useFactory: (outbox: Outbox, host: TransactionHost) => new ClsOutbox(outbox, host),
 * }
 * ```
 */
export class ClsOutbox {
  constructor(
    private readonly outbox: Outbox,
    private readonly host: CurrentTransaction,
  ) {}

  /** As `Outbox.publish`, in the current transaction. @throws OutboxError `TRAMLINE_NO_TRANSACTION` outside of one */
  publish<const R extends EventRef>(
    ref: R,
    payload: PayloadOf<R>,
    options?: OutboxPublishOptions,
  ): Promise<OutboxReceipt>;
  /** Publishes an instance of a class with `@EventContract`. */
  publish<T extends object>(
    instance: T extends EventRef ? never : T,
    options?: OutboxPublishOptions,
  ): Promise<OutboxReceipt>;
  async publish(
    first: EventRef | object,
    second?: unknown,
    third?: OutboxPublishOptions,
  ): Promise<OutboxReceipt> {
    return this.outbox.publish(this.current(), first as EventRef, second as never, third);
  }

  /** As `Outbox.publishAll`, in the current transaction. @throws OutboxError `TRAMLINE_NO_TRANSACTION` outside of one */
  async publishAll<const L extends readonly unknown[]>(
    list: L & { readonly [I in keyof L]: PublishItem<L[I]> },
    options?: Pick<OutboxPublishOptions, 'delay' | 'at' | 'ordered'>,
  ): Promise<OutboxReceipt[]> {
    // Checked where it came in; the compiler cannot see that it is the same list.
    return this.outbox.publishAll(this.current(), list as never, options);
  }

  private current(): unknown {
    if (this.host.isTransactionActive()) return this.host.tx;
    throw new OutboxError(
      'TRAMLINE_NO_TRANSACTION',
      'No transaction is current. Put @Transactional() on the method that publishes, or on one that calls and awaits it. ' +
        "In a handler with 'once: true' publish on its context.tx.",
    );
  }
}
