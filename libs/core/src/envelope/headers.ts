/**
 * The names of all headers that Tramline reads or writes. CloudEvents names follow the Kafka protocol binding 1.0.2,
 * binary content mode (https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/kafka-protocol-binding.md).
 */
export const CE_ID = 'ce_id';
export const CE_TYPE = 'ce_type';
export const CE_SOURCE = 'ce_source';
export const CE_TIME = 'ce_time';
export const CE_SPECVERSION = 'ce_specversion';
export const CE_SUBJECT = 'ce_subject';
export const CE_PARTITIONKEY = 'ce_partitionkey';
export const CE_CORRELATIONID = 'ce_correlationid';
export const CE_CAUSATIONID = 'ce_causationid';
export const CONTENT_TYPE = 'content-type';
export const TRACEPARENT = 'traceparent';
export const TRACESTATE = 'tracestate';

/** All attributes and extensions of CloudEvents begin with this. */
const CE_PREFIX = 'ce_';

/** Headers of a record in a retry tier or dead-letter topic begin with this; publishers may not use it. */
export const TRAMLINE_PREFIX = 'tramline-';

export const HANDLER = 'tramline-handler';
export const GROUP = 'tramline-group';
/** Runs of the handler so far, in-place attempts included. */
export const ATTEMPTS = 'tramline-attempts';
/** Deliveries so far that ended in a wait: the index into the policy's delays. */
export const DELIVERIES = 'tramline-deliveries';
/** Milliseconds since 1970 when this tier lets the record go. */
export const DUE = 'tramline-due';
/** Milliseconds of the delay that are still to be waited in further tiers, after this one. */
export const REMAINING = 'tramline-remaining';
/** Milliseconds since 1970 when a waiting record first met a process that does not know its handler. */
export const UNKNOWN_SINCE = 'tramline-unknown-since';
export const ORIGIN_TOPIC = 'tramline-origin-topic';
export const ORIGIN_PARTITION = 'tramline-origin-partition';
export const ORIGIN_OFFSET = 'tramline-origin-offset';
export const ORIGIN_TIMESTAMP = 'tramline-origin-timestamp';
export const FIRST_FAILED_AT = 'tramline-first-failed-at';
export const LAST_FAILED_AT = 'tramline-last-failed-at';
/** Why the event is a dead letter: `retries-exhausted`, `non-retryable`, `policy`, `undecodable`, `handler-unknown`, … */
export const REASON = 'tramline-reason';
export const ERROR_CLASS = 'tramline-error-class';
export const ERROR_MESSAGE = 'tramline-error-message';
/** At most 8 KiB. */
export const ERROR_STACK = 'tramline-error-stack';
export const LETTER_ID = 'tramline-letter-id';
/** How many times the event was redriven before. */
export const REDRIVES = 'tramline-redrives';
/** Which replay brought a copy of the event; absent where none did. */
export const REPLAY = 'tramline-replay';
/** 'true' when the replay repeats effects that the inbox knows. */
export const REPLAY_AGAIN = 'tramline-replay-again';
/** 'true' when the letter holds no body because it would be too large: the origin coordinates lead to it. */
export const BY_REFERENCE = 'tramline-by-reference';

/** Whether a header belongs to the envelope or to Tramline, so that publishers may not set it and handlers do not see it. */
export function isEnvelopeHeader(name: string): boolean {
  return (
    name.startsWith(CE_PREFIX) ||
    name.startsWith(TRAMLINE_PREFIX) ||
    name === CONTENT_TYPE ||
    name === TRACEPARENT ||
    name === TRACESTATE
  );
}
