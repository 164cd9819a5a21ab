import type { Log } from '../log/log.js';
import type { Observations } from '../observe/observations.js';
import { sleep, type Clock } from '../time/clock.js';
import type { Random } from '../time/random.js';
import type { OutgoingRecord } from '../transport/records.js';
import { asError } from '../errors.js';
import { backoff } from './decide.js';

/** Appends one record durably, on a partition that its key chooses, and resolves when it is there. */
export type AppendRecord = (topic: string, record: OutgoingRecord) => Promise<unknown>;

/** Writes to a topic that fail, and go on being tried. `since`: monotonic time of the first failure. */
export interface FailingWrite {
  readonly topic: string;
  readonly error: Error;
  readonly since: number;
}

/**
 * Writes to retry tiers and dead letters. A write that fails is tried again until it works or its partition is given up:
 * the offset is held meanwhile, so that no failure is ever forgotten.
 */
export class FailureWriter {
  private readonly failing = new Map<string, FailingWrite>();

  constructor(
    private readonly group: string,
    private readonly append: AppendRecord,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly log: Log,
    private readonly observations: Observations,
  ) {}

  /** What cannot be written just now, the oldest trouble first. */
  get troubles(): readonly FailingWrite[] {
    return [...this.failing.values()];
  }

  /**
   * @param smaller - what to write when the broker finds `record` too large; without it that error is thrown
   * @param signal - aborted when the partition is no longer ours; the promise then rejects with its reason
   */
  async write(
    topic: string,
    record: OutgoingRecord,
    signal: AbortSignal,
    smaller?: () => OutgoingRecord,
  ): Promise<void> {
    try {
      await this.keepTrying(topic, record, signal, smaller);
    } finally {
      // However it ended, nothing waits for it any more; other writes to the topic tell again soon, if they fail too.
      this.failing.delete(topic);
    }
  }

  private async keepTrying(
    topic: string,
    record: OutgoingRecord,
    signal: AbortSignal,
    smaller?: () => OutgoingRecord,
  ): Promise<void> {
    let current = record;
    let fallback = smaller;
    for (let tries = 1; ; tries++) {
      signal.throwIfAborted();
      try {
        await this.append(topic, current);
        return;
      } catch (thrown) {
        const error = asError(thrown);
        if (isTooLarge(error)) {
          if (!smaller) throw error;
          if (fallback) {
            current = fallback();
            fallback = undefined;
            continue;
          }
        }
        this.report(topic, error, tries);
        await sleep(this.clock, backoff(tries, this.random, 100, 5_000), signal);
      }
    }
  }

  private report(topic: string, error: Error, tries: number): void {
    const since = this.failing.get(topic)?.since ?? this.clock.monotonic();
    this.failing.set(topic, { topic, error, since });
    if (this.observations.active)
      this.observations.tell({ kind: 'write-failed', group: this.group, topic, error });
    // Once at first and then at every doubling: an outage must not fill the log.
    if ((tries & (tries - 1)) === 0) {
      this.log.error(
        `Group '${this.group}' cannot write to '${topic}' (try ${tries}): ${error.message} The event's offset is held until it works.`,
      );
    }
  }
}

/** Whether the broker found a record too large, as whoever was in between may have wrapped it. */
export function isTooLarge(error: Error): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ((cause as { code?: unknown }).code === 'TRAMLINE_RECORD_TOO_LARGE') return true;
  }
  return false;
}
