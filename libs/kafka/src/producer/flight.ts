import type { Appended, OutgoingRecord } from '@tramline/core';
import type { EncodedRecords } from '../protocol/record-encoder.js';
import type { ProducerIdentity } from './identities.js';

/** Records on their way: from the first try on they are the same bytes under the same sequence. */
export interface Flight {
  readonly records: readonly OutgoingRecord[];
  readonly encoded: EncodedRecords;
  /** Timestamp of records without an own one. */
  readonly timestamp: number;
  identity: ProducerIdentity;
  first: number;
  /** A try of it may have been written. */
  inDoubt: boolean;
  /** Where it was written; perhaps after its caller had stopped waiting. */
  landed: Appended | undefined;
}

/** Sequences wrap before they leave 32 bits. */
export function nextSequence({ first, encoded }: Flight): number {
  return (first + encoded.count) % 0x8000_0000;
}

export function isSame(flight: Flight, records: readonly OutgoingRecord[]): boolean {
  return (
    flight.records.length === records.length &&
    flight.records.every((record, index) => record === records[index])
  );
}
