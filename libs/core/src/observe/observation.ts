import type { OutboxStatus } from '../outbox/outbox-backend.js';
import type { Outcome } from '../transport/transport-error.js';

/** One event at one place in a log. */
export interface Located {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** An attempt or end of one handler on one event. `origin` is where the event was published first. */
interface OfHandler {
  readonly group: string;
  readonly handlerId: string;
  readonly eventId: string;
  readonly type: string;
  readonly key: string | null;
  readonly origin: Located;
  /** Runs of this handler on this event so far. */
  readonly attempt: number;
}

/** Everything that happens to events and to the consumers that carry them. Durations are milliseconds. */
export type Observation =
  | ({
      readonly kind: 'published';
      readonly eventId: string;
      readonly type: string;
      readonly key: string | null;
      readonly durationMs: number;
    } & Located)
  | {
      readonly kind: 'publish-failed';
      readonly eventId: string;
      readonly type: string;
      readonly topic: string;
      readonly outcome: Outcome;
      readonly error: Error;
    }
  | ({ readonly kind: 'delivered' } & OfHandler)
  | ({ readonly kind: 'attempt-failed'; readonly error: Error; readonly durationMs: number } & OfHandler)
  | ({ readonly kind: 'waiting'; readonly delayMs: number; readonly error: Error } & OfHandler)
  | ({
      readonly kind: 'dead';
      readonly reason: string;
      readonly error: Error;
      readonly letterId: string;
    } & OfHandler)
  | ({ readonly kind: 'discarded'; readonly reason: string; readonly error: Error } & OfHandler)
  | ({ readonly kind: 'done'; readonly durationMs: number } & OfHandler)
  | ({ readonly kind: 'skipped'; readonly group: string; readonly type: string } & Located)
  | {
      readonly kind: 'redriven';
      readonly group: string;
      readonly handlerId: string;
      readonly letterId: string;
      readonly redrive: number;
    }
  | {
      readonly kind: 'assigned' | 'revoked' | 'lost';
      readonly group: string;
      readonly partitions: readonly { readonly topic: string; readonly partition: number }[];
    }
  | {
      readonly kind: 'paused' | 'resumed';
      readonly group: string;
      readonly topic: string;
      readonly partition: number;
    }
  | { readonly kind: 'committed'; readonly group: string; readonly partitions: number }
  | { readonly kind: 'commit-failed'; readonly group: string; readonly error: Error }
  | { readonly kind: 'write-failed'; readonly group: string; readonly topic: string; readonly error: Error }
  | {
      readonly kind: 'consumer-status';
      readonly group: string;
      readonly status: 'joined' | 'away' | 'failed' | 'stalled';
      readonly error?: Error;
    }
  /** A quota of the broker makes this process wait: what it publishes and consumes is late by as much. */
  | { readonly kind: 'throttled'; readonly broker: string; readonly delayMs: number }
  /** The inbox knew what this handler did with the event: nothing was done again. */
  | {
      readonly kind: 'known';
      readonly group: string;
      readonly handlerId: string;
      readonly eventId: string;
      readonly origin: Located;
    }
  /** Rows of the outbox that the broker has. `durationMs`: from their being read to their being settled. */
  | { readonly kind: 'relayed'; readonly rows: number; readonly durationMs: number }
  /** The key of this row, or the row where it has none, waits. */
  | ({ readonly kind: 'row-held'; readonly delayMs: number } & OfRow)
  /** The row was set aside for good. */
  | ({ readonly kind: 'row-dead' } & OfRow)
  /** `away`: the database or the broker cannot be reached; the relay goes on trying. */
  | {
      readonly kind: 'relay-status';
      readonly owner: string;
      readonly buckets: number;
      readonly status: 'relaying' | 'away' | 'stopped';
      readonly error?: Error;
    }
  /** How the whole outbox stands, every 10 s or more, from every process that has it: the same figures, not a share of them. */
  | ({ readonly kind: 'outbox-status' } & OutboxStatus);

/** A row of the outbox that did not reach the broker. */
interface OfRow {
  readonly eventId: string;
  readonly type: string;
  readonly topic: string;
  readonly error: Error;
}

export type Observer = (observation: Observation) => void;
