import { readPartitions, writePartitions, type Api, type PartitionResult } from '../api.js';
import type { Seat } from './membership.js';

export interface CommitRequest extends Seat {
  readonly positions: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly offset: number;
    readonly metadata: string;
  }[];
}

export const offsetCommit: Api<CommitRequest, readonly PartitionResult[]> = {
  key: 8,
  name: 'OffsetCommit',
  version: 6,
  write({ group, generation, memberId, positions }, to) {
    to.string(group).int32(generation).string(memberId);
    writePartitions(positions, to, ({ partition, offset, metadata }) => {
      to.int32(partition).int64(offset).int32(-1).string(metadata);
    });
  },
  read(from) {
    from.throttle();
    return readPartitions(from, (topic) => ({ topic, partition: from.int32(), errorCode: from.int16() }));
  },
};

export interface FetchedOffset extends PartitionResult {
  /** -1 when nothing is committed. */
  readonly offset: number;
  readonly metadata: string;
}

/** All that a group committed. */
export const offsetFetch: Api<
  { readonly group: string },
  { readonly errorCode: number; readonly offsets: readonly FetchedOffset[] }
> = {
  key: 9,
  name: 'OffsetFetch',
  version: 5,
  write({ group }, to) {
    to.string(group).int32(-1);
  },
  read(from) {
    from.throttle();
    const offsets = readPartitions(from, (topic) => {
      const [partition, offset] = [from.int32(), from.int64()];
      from.int32(); // leader epoch
      const metadata = from.string();
      return { topic, partition, offset, metadata, errorCode: from.int16() };
    });
    return { errorCode: from.int16(), offsets };
  },
};

export const listGroups: Api<
  Record<string, never>,
  {
    readonly errorCode: number;
    readonly groups: readonly { readonly group: string; readonly protocolType: string }[];
  }
> = {
  key: 16,
  name: 'ListGroups',
  version: 2,
  write() {},
  read(from) {
    from.throttle();
    const errorCode = from.int16();
    return { errorCode, groups: from.array(() => ({ group: from.string(), protocolType: from.string() })) };
  },
};

export interface DescribedGroup {
  readonly errorCode: number;
  readonly members: readonly {
    readonly memberId: string;
    readonly clientId: string;
    readonly assignment: Buffer;
  }[];
}

export const describeGroup: Api<{ readonly group: string }, DescribedGroup | undefined> = {
  key: 15,
  name: 'DescribeGroups',
  version: 2,
  write({ group }, to) {
    to.array([group], (name) => to.string(name));
  },
  read(from) {
    from.throttle();
    const [found] = from.array(() => {
      const errorCode = from.int16();
      for (let field = 0; field < 4; field++) from.string(); // group, state, type, protocol
      const members = from.array(() => {
        const [memberId, clientId] = [from.string(), from.string()];
        from.string(); // host
        from.bytes(); // subscription
        return { memberId, clientId, assignment: from.bytes() };
      });
      return { errorCode, members };
    });
    return found;
  },
};
