/** Points that a user got, as the ledger shows them. */
export interface Entry {
  readonly points: number;
  readonly reason: string;
  readonly at: string;
}

/** Who has how many points, and for what. `Tx` is a transaction of the database that it lies in. */
export abstract class Ledger<Tx = unknown> {
  abstract add(tx: Tx, userId: string, points: number, reason: string): Promise<void>;
  /** Oldest first. Somebody unknown has none. */
  abstract entries(userId: string): Promise<Entry[]>;
}
