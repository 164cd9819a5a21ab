import { TramlineError } from '../errors.js';
import { formatDuration } from '../time/duration.js';
import { partitionNames, type TopicPartition } from '../transport/records.js';

/**
 * What stands still.
 *
 * - `silent`: the transport heard nothing from the broker, and told no trouble.
 * - `unfed`: events wait in the log, nothing holds them back, and the transport brings none.
 * - `unwritten`: failed events can be written neither to their tier nor to the dead letters.
 * - `idle`: events were taken in, and nothing runs them.
 */
export type StallReason = 'silent' | 'unfed' | 'unwritten' | 'idle';

/** A group has its share and reaches the broker as far as is known, but does not move. Never thrown: health and observations carry it. */
export class StalledError extends TramlineError {
  readonly code = 'TRAMLINE_STALLED';

  constructor(
    readonly group: string,
    readonly reason: StallReason,
    /** Those that stand still; empty when it is no matter of partitions. */
    readonly partitions: readonly TopicPartition[],
    afterMs: number,
    options?: ErrorOptions,
  ) {
    super(
      `Group '${group}' has not moved for ${formatDuration(afterMs)}: ${describe(reason, partitions, options?.cause)}`,
      options,
    );
  }
}

function describe(reason: StallReason, partitions: readonly TopicPartition[], cause: unknown): string {
  const names = partitionNames(partitions);
  switch (reason) {
    case 'silent':
      return 'the transport heard nothing from the broker and said nothing of it. The group joins anew; if that does not help, restart the process.';
    case 'unfed':
      return `events wait in ${names}, nothing holds them back, and none is brought. The group joins anew.`;
    case 'idle':
      return `events of ${names} were taken in, and nothing runs them. The group joins anew, and they run again.`;
    case 'unwritten':
      return `failed events cannot be put aside, so their offsets are held. ${cause instanceof Error ? cause.message : ''}`.trim();
  }
}
