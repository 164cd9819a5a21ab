/** Proof that an event lies durably in the log. */
export interface Receipt {
  readonly eventId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since 1970, given by the broker or the publisher. */
  readonly timestamp: number;
}

/** What may be said of one event beyond its payload. */
export interface PublishOptions {
  /** The event's id. Default: a new UUID version 7. Give the same one to send an event again after an unknown outcome. */
  readonly id?: string;
  /** Overrides the key of the contract; null: no order. */
  readonly key?: string | null;
  /** Overrides the partitioner. */
  readonly partition?: number;
  /** Text headers of your own; names of the envelope and those that begin with `tramline-` are refused. */
  readonly headers?: Readonly<Record<string, string>>;
  /** When it happened. Default now. */
  readonly time?: Date;
  /** CloudEvents subject. */
  readonly subject?: string;
  /** Default: the correlation of the event being handled, else none. */
  readonly correlationId?: string;
  /** Default: the id of the event being handled, else none. */
  readonly causationId?: string;
}
