import { partitionName, TransportError, type CommitEntry, type TopicPartition } from '@tramline/core';

/** Kafka's `offset.metadata.max.bytes` as brokers have it by default. */
const MOST_BYTES = 4_096;

/** @throws TransportError before anything is sent: a broker would refuse that entry and store the others */
export function checkMetadata(entries: readonly CommitEntry[]): void {
  const entry = entries.find(({ metadata }) => Buffer.byteLength(metadata) > MOST_BYTES);
  if (!entry) return;
  throw new TransportError(
    'TRAMLINE_METADATA_TOO_LARGE',
    `The metadata for ${partitionName(entry)} takes more than ${MOST_BYTES} bytes; nothing was stored. Commit less of it.`,
  );
}

/** Also for what the broker refuses. */
export function staleCommit(entry: TopicPartition): TransportError {
  return new TransportError(
    'TRAMLINE_STALE_COMMIT',
    `${partitionName(entry)} is not held by this member (any more); nothing was stored. Its new owner handles these events.`,
  );
}
