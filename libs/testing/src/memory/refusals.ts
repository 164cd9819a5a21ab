import { partitionName, TransportError, type CommitEntry } from '@tramline/core';

/** What a broker stores as metadata of a commit, as Kafka's default has it. */
export const MAX_METADATA_BYTES = 4_096;

export function staleCommit(group: string, entry: CommitEntry, owner: string | undefined): TransportError {
  return new TransportError(
    'TRAMLINE_STALE_COMMIT',
    `${partitionName(entry)} of group ${group} belongs to ${owner ?? 'nobody'} now; nothing was stored. ` +
      'The new owner starts from the last commit.',
  );
}

export function metadataTooLarge(entry: CommitEntry): TransportError {
  return new TransportError(
    'TRAMLINE_METADATA_TOO_LARGE',
    `The metadata of ${partitionName(entry)} has ${Buffer.byteLength(entry.metadata)} bytes, the limit is ${MAX_METADATA_BYTES}; ` +
      'nothing was stored. Commit less metadata.',
  );
}
