/** Where a service keeps its tables. */
export type DatabasePlace =
  { readonly kind: 'sqlite'; readonly file: string } | { readonly kind: 'postgres'; readonly url: string };

/** What carries the events. */
export type TransportPlace =
  | { readonly kind: 'embedded'; readonly directory: string }
  | { readonly kind: 'kafka'; readonly brokers: string };

/** What every process of a soak is told, as JSON on its command line. */
export interface Places {
  /** Users, and the outbox that announces them. */
  readonly users: DatabasePlace;
  /** The ledger of points, its inbox, and the outbox that announces those. */
  readonly ledger: DatabasePlace;
  readonly transport: TransportPlace;
  /** Registrations that are under way at once. */
  readonly writers: number;
}
