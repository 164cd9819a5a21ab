import { TramlineError } from '../errors.js';
import { partitionNames, type TopicPartition } from '../transport/records.js';

/** A group that consumed these partitions before has no committed offset for them any more. It stops rather than guess. */
export class OffsetsMissingError extends TramlineError {
  readonly code = 'TRAMLINE_OFFSETS_MISSING';

  constructor(
    readonly group: string,
    readonly partitions: readonly TopicPartition[],
  ) {
    super(
      `Group '${group}' consumed ${partitionNames(partitions)} before, but its committed offsets are gone (expired or deleted). ` +
        `It stops, because starting at the earliest would repeat and starting at the latest would lose events. Choose by resetting the ` +
        `group's offsets to earliest, latest or a time, or set consumer.outOfRange to 'earliest' or 'latest', and start again.`,
    );
  }
}

/** A group's position points at records that no longer exist. */
export class OutOfRangeError extends TramlineError {
  readonly code = 'TRAMLINE_OUT_OF_RANGE';

  constructor(
    readonly group: string,
    readonly topic: string,
    readonly partition: number,
    readonly position: number,
    readonly earliest: number,
    readonly end: number,
  ) {
    super(
      `Group '${group}' stands at offset ${position} of ${topic}/${partition}, which holds ${earliest} to ${end}: ` +
        (position < earliest
          ? `${earliest - position} events were deleted by retention before they were handled.`
          : `the log is shorter than it was (truncated, or the topic was made again).`) +
        ` It stops. Reset the group's offsets, or set consumer.outOfRange to 'earliest' or 'latest', and start again.`,
    );
  }
}
