import type { Api } from '../api.js';

export interface BrokerAddress {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

export interface TopicMetadata {
  readonly name: string;
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

/** Brokers of the cluster, and topics; null: all topics. Never makes one. */
export const metadata: Api<
  { readonly topics: readonly string[] | null },
  { readonly brokers: readonly BrokerAddress[]; readonly topics: readonly TopicMetadata[] }
> = {
  key: 3,
  name: 'Metadata',
  version: 5,
  write({ topics }, to) {
    if (topics === null) to.int32(-1);
    else to.array(topics, (topic) => to.string(topic));
    to.bool(false);
  },
  read(from) {
    from.throttle();
    const brokers = from.array(() => {
      const [nodeId, host, port] = [from.int32(), from.string(), from.int32()];
      from.nullableString(); // rack
      return { nodeId, host, port };
    });
    from.nullableString(); // cluster id
    from.int32(); // controller: in KRaft mode any broker will do
    const topics = from.array(() => {
      const [errorCode, name, internal] = [from.int16(), from.string(), from.bool()];
      const partitions = from.array(() => {
        from.int16(); // a partition without leader says so by leader -1
        const [partition, leader] = [from.int32(), from.int32()];
        const replicas = from.array(() => from.int32());
        from.array(() => from.int32()); // in sync
        from.array(() => from.int32()); // offline
        return { partition, leader, replicas };
      });
      return { name, errorCode, internal, partitions: partitions.sort((a, b) => a.partition - b.partition) };
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
