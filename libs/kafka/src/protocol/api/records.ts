import type { TopicPartition } from '@tramline/core';
import { readPartitions, writePartitions, type Api, type PartitionResult } from '../api.js';

const DELETE_TIMEOUT_MS = 10_000;

export interface Produced extends PartitionResult {
  readonly baseOffset: number;
  /** -1 unless the topic stamps records with the broker's time. */
  readonly logAppendTime: number;
}

/** One batch of a partition. */
export interface ProducedBatch extends TopicPartition {
  readonly bytes: Uint8Array;
}

/** Batches, at most one of a partition, acknowledged by all replicas in sync. */
export const produce: Api<
  { readonly batches: readonly ProducedBatch[]; readonly timeoutMs: number },
  readonly Produced[]
> = {
  key: 0,
  name: 'Produce',
  version: 7,
  size({ batches }) {
    return batches.reduce((sum, { topic, bytes }) => sum + topic.length + bytes.byteLength + 16, 32);
  },
  write({ batches, timeoutMs }, to) {
    to.string(null).int16(-1).int32(timeoutMs);
    writePartitions(batches, to, ({ partition, bytes }) => void to.int32(partition).bytes(bytes));
  },
  read(from) {
    const results = readPartitions(from, (topic) => {
      const [partition, errorCode] = [from.int32(), from.int16()];
      const [baseOffset, logAppendTime] = [from.int64(), from.int64()];
      from.int64(); // log start
      return { topic, partition, errorCode, baseOffset, logAppendTime };
    });
    from.throttle();
    return results;
  },
};

/** Makes the broker know repeats of a batch. */
export const initProducerId: Api<
  Record<string, never>,
  { readonly errorCode: number; readonly producerId: number; readonly producerEpoch: number }
> = {
  key: 22,
  name: 'InitProducerId',
  version: 1,
  write(_, to) {
    to.string(null).int32(0);
  },
  read(from) {
    from.throttle();
    return { errorCode: from.int16(), producerId: from.int64(), producerEpoch: from.int16() };
  },
};

export interface FetchRequest {
  readonly maxWaitMs: number;
  readonly maxBytes: number;
  readonly partitions: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly offset: number;
    readonly maxBytes: number;
  }[];
}

export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

export interface Fetched extends PartitionResult {
  /** Up to where records are final; beyond it lie open transactions. */
  readonly stableEnd: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Batches of records; the last may be cut off. */
  readonly data: Buffer;
}

/** Reads committed records only. Without a fetch session: what is asked for changes with every pause. */
export const fetch: Api<
  FetchRequest,
  { readonly errorCode: number; readonly partitions: readonly Fetched[] }
> = {
  key: 1,
  name: 'Fetch',
  version: 11,
  write({ maxWaitMs, maxBytes, partitions }, to) {
    to.int32(-1).int32(maxWaitMs).int32(1).int32(maxBytes).int8(1).int32(0).int32(-1);
    writePartitions(partitions, to, (one) => {
      to.int32(one.partition).int32(-1).int64(one.offset).int64(-1).int32(one.maxBytes);
    });
    to.int32(0).string('');
  },
  read(from) {
    from.throttle();
    const errorCode = from.int16();
    from.int32(); // session
    const partitions = readPartitions(from, (topic) => {
      const [partition, code] = [from.int32(), from.int16()];
      from.int64(); // high watermark
      const stableEnd = from.int64();
      from.int64(); // log start
      const aborted = from.array(() => ({ producerId: from.int64(), firstOffset: from.int64() }));
      from.int32(); // preferred replica
      return { topic, partition, errorCode: code, stableEnd, aborted, data: from.bytes() };
    });
    return { errorCode, partitions };
  },
};

/** Lets go of the records of partitions below an offset; asked of their leader. -1: of all. */
export const deleteRecords: Api<
  readonly (TopicPartition & { readonly offset: number })[],
  readonly PartitionResult[]
> = {
  key: 21,
  name: 'DeleteRecords',
  version: 1,
  write(partitions, to) {
    writePartitions(partitions, to, ({ partition, offset }) => void to.int32(partition).int64(offset));
    to.int32(DELETE_TIMEOUT_MS);
  },
  read(from) {
    from.throttle();
    return readPartitions(from, (topic) => {
      const partition = from.int32();
      from.int64(); // log start
      return { topic, partition, errorCode: from.int16() };
    });
  },
};

/** Asks `listOffsets` for the lowest offset that still exists. */
export const EARLIEST = -2;
/** Asks `listOffsets` for the end: one past the last committed record. */
export const LATEST = -1;

export interface ListedOffset extends PartitionResult {
  /** -1 when no record is as young as asked for. */
  readonly offset: number;
}

/** First offset at or after a time, or `EARLIEST`, or `LATEST`. A partition may be asked for once per request. */
export const listOffsets: Api<
  readonly { readonly topic: string; readonly partition: number; readonly timestamp: number }[],
  readonly ListedOffset[]
> = {
  key: 2,
  name: 'ListOffsets',
  version: 4,
  write(partitions, to) {
    to.int32(-1).int8(1);
    writePartitions(partitions, to, ({ partition, timestamp }) => {
      to.int32(partition).int32(-1).int64(timestamp);
    });
  },
  read(from) {
    from.throttle();
    return readPartitions(from, (topic) => {
      const [partition, errorCode] = [from.int32(), from.int16()];
      from.int64(); // timestamp
      const offset = from.int64();
      from.int32(); // leader epoch
      return { topic, partition, errorCode, offset };
    });
  },
};
