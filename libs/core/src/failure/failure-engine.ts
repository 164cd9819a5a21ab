import type { Envelope } from '../envelope/envelope.js';
import type { ThrottledLog } from '../log/throttled-log.js';
import { formatDuration } from '../time/duration.js';
import type { Naming } from '../naming.js';
import type { Observations } from '../observe/observations.js';
import type { Clock } from '../time/clock.js';
import type { StoredRecord } from '../transport/records.js';
import { asError } from '../errors.js';
import { deadLetter, deadLetterByReference, letterId } from './dead-letter.js';
import type { DeathReason } from './decide.js';
import { asText, type History } from './failed-event.js';
import type { FailureWriter } from './failure-writer.js';
import type { Ladder } from './ladder.js';
import { retryRecord } from './retry-record.js';

/** An event at the handler where it failed. */
export interface Failed {
  readonly record: StoredRecord;
  readonly envelope: Envelope;
  /** With the attempts of this delivery counted in. */
  readonly history: History;
  readonly handlerId: string;
}

/**
 * Carries failed events to where they go next. Each method resolves when the copy is acknowledged (the event may then count
 * as done for its handler) and rejects only when `signal` is aborted.
 */
export class FailureEngine {
  constructor(
    private readonly group: string,
    private readonly naming: Naming,
    private readonly ladder: Ladder,
    private readonly writer: FailureWriter,
    private readonly clock: Clock,
    private readonly log: ThrottledLog,
    private readonly observations: Observations,
  ) {}

  /** Lets the event wait `delayMs` in the group's tiers; it counts as a delivery that ended. */
  async wait(failed: Failed, error: Error, delayMs: number, signal: AbortSignal): Promise<void> {
    const history = {
      ...failed.history,
      deliveries: failed.history.deliveries + 1,
      firstFailedAt: failed.history.firstFailedAt ?? this.clock.now(),
    };
    if (!(await this.toTier({ ...failed, history }, error, delayMs, null, signal))) return;
    this.log.write(
      'warn',
      `waiting ${failed.handlerId}`,
      () =>
        `'${failed.envelope.type}' ${failed.envelope.id} failed at handler '${failed.handlerId}' (group '${this.group}', ` +
        `attempt ${failed.history.attempts}) and waits ${formatDuration(this.ladder.total(delayMs))}: ${asText(error.message)}`,
    );
    if (this.observations.active)
      this.observations.tell({ kind: 'waiting', delayMs, error, ...this.subject(failed) });
  }

  /** Sends a waiting event to its next tier, as it is. `unknownSince` as {@link Waiting} has it. */
  async hop(
    failed: Failed,
    delayMs: number,
    unknownSince: number | null,
    signal: AbortSignal,
  ): Promise<void> {
    if (!(await this.toTier(failed, null, delayMs, unknownSince, signal)) || unknownSince === null) return;
    this.log.write(
      'warn',
      `unknown ${failed.handlerId}`,
      () =>
        `'${failed.envelope.type}' ${failed.envelope.id} waits for handler '${failed.handlerId}', which this process of group '${this.group}' does not have. ` +
        `If it was renamed, give the new one aliases: ['${failed.handlerId}']; without any it becomes a dead letter.`,
    );
  }

  /** Makes the event a dead letter. */
  async die(failed: Failed, error: Error, reason: DeathReason, signal: AbortSignal): Promise<void> {
    const { record, handlerId, history } = failed;
    const now = this.clock.now();
    await this.writer.write(
      this.naming.dead(this.group),
      deadLetter(record, handlerId, this.group, history, error, reason, now),
      signal,
      () => deadLetterByReference(record, handlerId, this.group, history, error, reason, now),
    );
    const id = letterId(this.group, handlerId, history);
    this.log.write(
      'error',
      `dead ${handlerId} ${reason} ${error.name}`,
      () =>
        `'${failed.envelope.type}' ${failed.envelope.id} is a dead letter of handler '${handlerId}' (group '${this.group}', ${reason}, ` +
        `attempt ${history.attempts}), letter ${id} in '${this.naming.dead(this.group)}', to be redriven when the cause is mended: ${asText(error.message)}`,
    );
    if (this.observations.active)
      this.observations.tell({ kind: 'dead', reason, error, letterId: id, ...this.subject(failed) });
  }

  /** Answers false when no tier takes the event, because it is too large: it is a dead letter then. */
  private async toTier(
    failed: Failed,
    error: Error | null,
    delayMs: number,
    unknownSince: number | null,
    signal: AbortSignal,
  ): Promise<boolean> {
    const tierMs = this.ladder.next(delayMs);
    const wait = { now: this.clock.now(), tierMs, remainingMs: delayMs - tierMs, unknownSince };
    const record = retryRecord(failed.record, failed.handlerId, this.group, failed.history, error, wait);
    try {
      await this.writer.write(this.naming.retryTier(this.group, tierMs), record, signal);
      return true;
    } catch (thrown) {
      signal.throwIfAborted();
      await this.die(failed, asError(thrown), 'too-large', signal);
      return false;
    }
  }

  private subject({ envelope, handlerId, history }: Failed) {
    const { id: eventId, type, key } = envelope;
    return {
      group: this.group,
      handlerId,
      eventId,
      type,
      key,
      origin: history.origin,
      attempt: history.attempts,
    };
  }
}
