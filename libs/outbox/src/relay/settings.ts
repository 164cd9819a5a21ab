/** How the relay works. All in milliseconds, records, bytes. */
export const RELAY = {
  /** One flight at most; the same as the bus' own, for the same reasons: see `PartitionLane` in core. */
  flightRecords: 2_000,
  flightBytes: 900_000,
  frameBytes: 48,
  /** How long a flight is tried: long enough for a leader to be elected, short enough for a lease to hold two. */
  longestFlightMs: 5_000,
  /** One page of rows that do not fly yet: a full flight for one partition, and short enough to be gone before it grows old in memory. */
  pageRows: 2_000,
  pageBytes: 4_000_000,
  /** Rows that landed and are settled beside the next flight, not before it: until then they are read again with each page. */
  unsettledRows: 250,
  /** What may be in memory before no further page is read, which has all of it once more. Only where partitions are slow does it come near. */
  takenRows: 20_000,
  takenBytes: 16_000_000,
  /** So long a wave is waited for; then the loop goes on beside what still flies. */
  straggleMs: 100,
  /** A lane that has run for so long is slow: rows that wait for it, and fill a page, are passed. */
  slowMs: 1_000,
  /** How often at most the floor is asked for. It costs a query, and a higher one saves only dead index entries. */
  floorEveryMs: 100,
  /** The same while pages bring only so few rows: what is skipped then is little. */
  floorIdleMs: 500,
  floorIdleRows: 10,
  /** A row that failed by itself so often is dead. With the waits below that takes 40 to 80 minutes. */
  deadAfter: 24,
  firstHoldMs: 1_000,
  longestHoldMs: 300_000,
  /** A partition that does not answer is tried again no later than this: its rows are not to blame. */
  longestSuspicionMs: 30_000,
  firstPauseMs: 200,
  longestPauseMs: 5_000,
  /** How often at least holds and scheduled rows are looked for, whoever made them. */
  holdsEveryMs: 60_000,
  scheduledEveryMs: 1_000,
  scheduledRows: 500,
  /** After so long rows are looked for again that are due, and locked by somebody else. */
  scheduledLockedMs: 50,
} as const;

/** How long a flight may take under leases of `leaseMs`: a lease holds at least two. */
export function flightMsFor(leaseMs: number): number {
  return Math.min(RELAY.longestFlightMs, leaseMs / 3);
}

/** Doubling waits, half of each random. @param failures - so far, from 1 */
export function backoffMs(failures: number, firstMs: number, longestMs: number, random: number): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return full / 2 + (full / 2) * random;
}
