import type { Api } from '../api.js';

export interface BrokerAddress {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

export interface TopicMetadata {
  readonly name: string;
  /** Another one after the topic was deleted and made again. */
  readonly id: string;
  readonly errorCode: number;
  readonly internal: boolean;
  readonly partitions: readonly PartitionMetadata[];
}

export interface PartitionMetadata {
  readonly partition: number;
  /** -1 while none is elected. */
  readonly leader: number;
  readonly replicas: readonly number[];
}

/** Topics are asked for by name. */
const NO_ID = Buffer.alloc(16);

/** Brokers of the cluster, and topics; null: all topics. Never makes one. */
export const metadata: Api<
  { readonly topics: readonly string[] | null },
  { readonly brokers: readonly BrokerAddress[]; readonly topics: readonly TopicMetadata[] }
> = {
  key: 3,
  name: 'Metadata',
  version: 12,
  write({ topics }, to) {
    to.uvarint(0); // tags of the request's head
    if (topics === null) to.uvarint(0);
    else {
      to.uvarint(topics.length + 1);
      for (const topic of topics) to.raw(NO_ID).compactString(topic).uvarint(0);
    }
    to.bool(false).bool(false).uvarint(0);
  },
  read(from) {
    from.tags().throttle();
    const brokers = from.compactArray(() => {
      const [nodeId, host, port] = [from.int32(), from.compactString(), from.int32()];
      from.compactString(); // rack
      from.tags();
      return { nodeId, host, port };
    });
    from.compactString(); // cluster id
    from.int32(); // controller: in KRaft mode any broker will do
    const topics = from.compactArray(() => {
      const [errorCode, name, id] = [from.int16(), from.compactString(), from.raw(16).toString('hex')];
      const internal = from.bool();
      const partitions = from.compactArray(() => {
        from.int16(); // a partition without leader says so by leader -1
        const [partition, leader] = [from.int32(), from.int32()];
        from.int32(); // leader epoch
        const replicas = from.compactArray(() => from.int32());
        from.compactArray(() => from.int32()); // in sync
        from.compactArray(() => from.int32()); // offline
        from.tags();
        return { partition, leader, replicas };
      });
      from.int32(); // what we may do
      from.tags();
      partitions.sort((a, b) => a.partition - b.partition);
      return { name, id, errorCode, internal, partitions };
    });
    return { brokers, topics };
  },
};

export const findCoordinator: Api<
  { readonly group: string },
  BrokerAddress & { readonly errorCode: number; readonly message: string | null }
> = {
  key: 10,
  name: 'FindCoordinator',
  version: 1,
  write({ group }, to) {
    to.string(group).int8(0);
  },
  read(from) {
    from.throttle();
    const errorCode = from.int16();
    const message = from.nullableString();
    return { errorCode, message, nodeId: from.int32(), host: from.string(), port: from.int32() };
  },
};
