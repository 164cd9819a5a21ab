import type { OutgoingRecord } from '../transport/records.js';
import type { Outcome } from '../transport/transport-error.js';
import type { Ledger, Wave } from './ledger.js';
import { PublishError, type PublishErrorCode } from './publish-error.js';
import type { Receipt } from './receipt.js';

/** An event that is checked and encoded: nothing about itself can fail any more. */
export interface Draft {
  readonly id: string;
  readonly type: string;
  readonly key: string | null;
  /** With its namespace. */
  readonly topic: string;
  /** Named by the publisher; undefined: by the key, or in turn. */
  readonly partition: number | undefined;
  readonly record: OutgoingRecord;
  readonly bytes: number;
  /** Monotonic milliseconds of the call. */
  readonly startedAt: number;
}

/** A draft that was accepted: it takes part of the buffer until it is released, and its caller waits until it is settled. */
export class PendingEvent {
  /** Settled once; what comes later is ignored, because the caller has been told already. */
  settled = false;
  /** An append that it was part of may have written it. */
  inDoubt = false;

  constructor(
    readonly draft: Draft,
    /** Monotonic milliseconds: when the caller has waited enough. */
    readonly deadline: number,
    readonly wave: Wave,
    private readonly ledger: Ledger,
    private readonly resolve: (receipt: Receipt) => void,
    private readonly reject: (error: PublishError) => void,
  ) {}

  done(partition: number, offset: number, timestamp: number): void {
    if (this.settled) return;
    this.settled = true;
    const receipt: Receipt = {
      eventId: this.draft.id,
      topic: this.draft.topic,
      partition,
      offset,
      timestamp,
    };
    this.resolve(receipt);
    this.ledger.published(this, receipt);
  }

  /** `outcome` counts for the last try; one that left the event in doubt outweighs it. */
  fail(code: PublishErrorCode, outcome: Outcome, reason: string, cause?: Error): void {
    if (this.settled) return;
    this.settled = true;
    const doubtful = this.inDoubt || outcome === 'unknown';
    const error = publishError(this.draft, code, doubtful ? 'unknown' : outcome, reason, cause);
    this.reject(error);
    this.ledger.failed(this.draft, error, this.wave);
  }
}

export function publishError(
  { id, type, topic }: Pick<Draft, 'id' | 'type' | 'topic'>,
  code: PublishErrorCode,
  outcome: Outcome,
  reason: string,
  cause?: Error,
): PublishError {
  const fate =
    outcome === 'unknown'
      ? `may or may not be in topic '${topic}'; if it is published again, give the same id`
      : `was not written to topic '${topic}'`;
  return new PublishError(
    code,
    outcome,
    id,
    `Event '${type}' (${id}) ${fate}: ${reason}`,
    cause && { cause },
  );
}
