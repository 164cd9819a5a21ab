/** Where a service keeps its tables. */
export type Store =
  | { readonly kind: 'sqlite'; readonly directory: string }
  | { readonly kind: 'postgres'; readonly url: string };

/** What carries the events. */
export type Carrier =
  | { readonly kind: 'embedded'; readonly directory: string }
  | { readonly kind: 'kafka'; readonly brokers: string };

/** How a process of the outbox benchmarks is set up. */
export interface ServiceSettings {
  readonly store: Store;
  readonly carrier: Carrier;
  readonly topic: string;
  /** Whether this process moves rows to the broker. */
  readonly relays: boolean;
  /** As `OutboxSide`. */
  readonly batch: number | undefined;
}

/** Orders `from` to `to - 1`, each in a transaction of its own. */
export interface Pace {
  readonly from: number;
  readonly to: number;
  readonly perSecond: number;
}

/** Orders `from` to `to - 1`, so many in one transaction. */
export interface Fill {
  readonly from: number;
  readonly to: number;
  readonly batch: number;
}

/** What came, once all of it had come, or nothing more came. */
export interface Came {
  /** When the last one came, on the monotonic clock. */
  readonly at: number;
  /** Orders that came behind a later one of their account. */
  readonly outOfOrder: number;
  /** When each came, by its number, on the monotonic clock. */
  readonly cameAt: readonly number[];
}

/** How a process that receives is set up. */
export interface ReceiverSettings {
  readonly carrier: Carrier;
  readonly topic: string;
  readonly total: number;
  /** Whether orders of an account that come out of order are a fault. */
  readonly inOrder: boolean;
}
