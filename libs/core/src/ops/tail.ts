import { partitionName, type StoredRecord } from '../transport/records.js';
import type { ConsumeListener } from '../transport/transport.js';
import {
  foundEvent,
  isWantedEvent,
  stretchesOf,
  type FoundEvent,
  type FoundEventFilter,
} from './found-events.js';
import type { OpsPorts } from './ports.js';

export interface TailOptions {
  /** Ends the tail, without an error. */
  readonly signal?: AbortSignal;
  /** Told when the broker cannot be reached, and again when it can: it goes on by itself. */
  readonly onStatus?: (status: 'joined' | 'away', error?: Error) => void;
  /** Told once, when everything that is written from now on will come. */
  readonly onReady?: () => void;
}

/**
 * Records as they come, of all partitions, through a membership that belongs to no group. The loop sets the pace: a partition
 * brings its next batch when the loop has taken the last one.
 */
export async function* tailEvents(
  ports: OpsPorts,
  filter: Omit<FoundEventFilter, 'to'>,
  { signal, onStatus, onReady }: TailOptions = {},
): AsyncGenerator<FoundEvent, void, undefined> {
  const { transport, naming } = ports;
  const stretches = await stretchesOf(ports, { ...filter, from: filter.from ?? 'earliest' });
  const starts = new Map(
    stretches.map((one) => [partitionName(one), filter.from === undefined ? one.to : one.from]),
  );
  const wanted = isWantedEvent(filter, naming);
  const inbox = new Inbox();
  const listener: ConsumeListener = {
    // A partition that was not there yet has nothing of the past, and all that it has is news.
    assigned: async (partitions) => {
      onReady?.();
      onReady = undefined;
      return partitions.map(({ topic, partition, earliest, end }) => ({
        topic,
        partition,
        offset: Math.min(
          Math.max(starts.get(partitionName({ topic, partition })) ?? earliest, earliest),
          end,
        ),
      }));
    },
    revoked: () => Promise.resolve(),
    lost: () => {},
    records: ({ records }) => inbox.put(records.filter(wanted)),
    outOfRange: ({ topic, partition }, position) =>
      inbox.fail(
        new Error(`${topic}/${partition} no longer has offset ${position}: retention took it meanwhile.`),
      ),
    status: (status) => {
      if (status.kind === 'failed') inbox.fail(status.error);
      else onStatus?.(status.kind, status.kind === 'away' ? status.error : undefined);
    },
  };
  const end = () => inbox.end();
  signal?.addEventListener('abort', end, { once: true });
  const topics = filter.topics.map((name) => naming.topic(name));
  const membership = transport.consume(
    {
      group: naming.group('tail'),
      topics,
      broadcast: true,
      sessionTimeoutMs: 6_000,
      clientId: 'tramline-tail',
    },
    listener,
  );
  try {
    if (signal?.aborted) return;
    for await (const record of inbox.records()) yield foundEvent(record, naming);
  } finally {
    signal?.removeEventListener('abort', end);
    inbox.end();
    await membership.close();
  }
}

/** Batches on their way to the loop: each is let go of when its last record was taken. */
class Inbox {
  private batches: { readonly records: readonly StoredRecord[]; readonly taken: () => void }[] = [];
  private wake: () => void = () => {};
  private ended = false;
  private error: Error | undefined;

  put(records: readonly StoredRecord[]): Promise<void> | void {
    if (records.length === 0 || this.ended) return undefined;
    return new Promise((taken) => {
      this.batches.push({ records, taken });
      this.wake();
    });
  }

  fail(error: Error): void {
    this.error ??= error;
    this.wake();
  }

  end(): void {
    this.ended = true;
    for (const { taken } of this.batches) taken();
    this.batches = [];
    this.wake();
  }

  async *records(): AsyncGenerator<StoredRecord, void, undefined> {
    while (!this.ended) {
      const batch = this.batches.shift();
      if (batch) {
        try {
          yield* batch.records;
        } finally {
          batch.taken();
        }
      } else if (this.error) throw this.error;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}
