import type { Clock } from '../time/clock.js';
import type { TopicPartition } from '../transport/records.js';
import type { HandlerRunner } from './attempt.js';
import type { PartitionConsumer, PauseReason } from './partition-consumer.js';
import type { Trail, Trails } from './trails.js';

/**
 * How a group consumer stands. `away` and `stalled` mend themselves, or are tried to be; `failed` needs somebody's help.
 * Ages are milliseconds; those of progress are precise to a third of `consumer.stalledAfter`.
 */
export interface GroupHealth {
  readonly group: string;
  /** Its broadcast handlers have a consumer of their own. */
  readonly broadcast: boolean;
  /** `stalled`: it has its share and reaches the broker, but does not move though it should; `lastError` says what stands still. */
  readonly status: 'starting' | 'joined' | 'away' | 'stalled' | 'failed' | 'stopped';
  /** How many it holds. */
  readonly partitions: number;
  readonly assigned: readonly PartitionHealth[];
  readonly handlers: readonly HandlerHealth[];
  /** Events of types that nobody in the group handles, since the start. */
  readonly skipped: number;
  /** Sum over the partitions it holds; undefined while it has no membership, and until the log's ends are known. */
  readonly lag: number | undefined;
  /** Since the broker was heard last: the answer to a heartbeat or a fetch. Undefined while there is no membership. */
  readonly heardMs: number | undefined;
  /** What kept it from consuming last; also when that is over. */
  readonly lastError: Error | undefined;
  /** When that was, milliseconds since 1970. */
  readonly lastErrorAt: number | undefined;
  /** The transport neither answers nor says why, and was replaced in vain: what is left is to restart the process. */
  readonly needsRestart: boolean;
}

/** One partition that a group holds here. */
export interface PartitionHealth extends TopicPartition {
  /** The lowest offset that is not done. */
  readonly position: number;
  /** The log's end, as it was when it was last asked for. */
  readonly end: number | undefined;
  /** From the position to the end, as Kafka's tools count it. */
  readonly lag: number | undefined;
  /** Events that were taken in and are not done: they run, wait for a place, or (in a retry tier) for their time. */
  readonly open: number;
  /** The bound that they reached, so that no more are fetched until some are done; undefined while it is not paused. */
  readonly paused: PauseReason | undefined;
  /** Since one was taken in or done. */
  readonly progressMs: number;
}

/** One handler, over all partitions. */
export interface HandlerHealth {
  readonly id: string;
  /** Attempts under way. */
  readonly running: number;
  /** How long the oldest of them has been under way. */
  readonly oldestMs: number | undefined;
  /** Attempts since the start. */
  readonly attempts: number;
  /** Of the last attempt that failed, whatever became of the event. */
  readonly lastError: Error | undefined;
  /** When that was, milliseconds since 1970. */
  readonly lastErrorAt: number | undefined;
}

export function partitionHealth(partition: PartitionConsumer, trails: Trails, clock: Clock): PartitionHealth {
  const { topic, partition: number, progress, pausedBy: paused } = partition;
  const trail: Trail = trails.of(partition);
  const { watermark: position, openCount: open } = progress;
  const end = trail.end === undefined ? undefined : Math.max(trail.end, progress.taken);
  return {
    topic,
    partition: number,
    position,
    end,
    lag: end === undefined ? undefined : end - position,
    open,
    paused,
    progressMs: trail.hasMoved(partition) ? 0 : clock.monotonic() - trail.movedAt,
  };
}

export function handlerHealth(runner: HandlerRunner): HandlerHealth {
  const { handler, running, attempts, lastFailure } = runner;
  return {
    id: handler.id,
    running,
    oldestMs: runner.oldestMs(),
    attempts,
    lastError: lastFailure?.error,
    lastErrorAt: lastFailure?.at,
  };
}

/** Undefined when one of them is. */
export function sumOf(lags: readonly (number | undefined)[]): number | undefined {
  return lags.reduce<number | undefined>(
    (sum, lag) => (sum === undefined || lag === undefined ? undefined : sum + lag),
    0,
  );
}
