import type { Api } from '../api.js';
import type { Reader } from '../reader.js';

export interface TopicResult {
  readonly topic: string;
  readonly errorCode: number;
  readonly message: string | null;
}

export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replication: number;
  readonly configs: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 10_000;
/** The kind of what has settings, and what is done to one. */
const TOPIC_RESOURCE = 2;
const SET = 0;

export const createTopics: Api<readonly NewTopic[], readonly TopicResult[]> = {
  key: 19,
  name: 'CreateTopics',
  version: 3,
  write(topics, to) {
    to.array(topics, ({ name, partitions, replication, configs }) => {
      to.string(name).int32(partitions).int16(replication).int32(0);
      to.array(Object.entries(configs), ([key, value]) => to.string(key).string(value));
    });
    to.int32(TIMEOUT_MS).bool(false);
  },
  read(from) {
    from.throttle();
    return from.array(() => ({
      topic: from.string(),
      errorCode: from.int16(),
      message: from.nullableString(),
    }));
  },
};

export const deleteTopics: Api<readonly string[], readonly TopicResult[]> = {
  key: 20,
  name: 'DeleteTopics',
  version: 3,
  write(topics, to) {
    to.array(topics, (topic) => to.string(topic)).int32(TIMEOUT_MS);
  },
  read(from) {
    from.throttle();
    return from.array(() => ({ topic: from.string(), errorCode: from.int16(), message: null }));
  },
};

export const createPartitions: Api<
  { readonly topic: string; readonly count: number },
  readonly TopicResult[]
> = {
  key: 37,
  name: 'CreatePartitions',
  version: 1,
  write({ topic, count }, to) {
    to.array([0], () => to.string(topic).int32(count).int32(-1))
      .int32(TIMEOUT_MS)
      .bool(false);
  },
  read(from) {
    from.throttle();
    return from.array(() => ({
      topic: from.string(),
      errorCode: from.int16(),
      message: from.nullableString(),
    }));
  },
};

/** Changes the named settings of a topic alone. */
export const incrementalAlterConfigs: Api<
  { readonly topic: string; readonly configs: Readonly<Record<string, string>> },
  readonly TopicResult[]
> = {
  key: 44,
  name: 'IncrementalAlterConfigs',
  version: 0,
  write({ topic, configs }, to) {
    to.array([topic], () =>
      to
        .int8(TOPIC_RESOURCE)
        .string(topic)
        .array(Object.entries(configs), ([key, value]) => to.string(key).int8(SET).string(value)),
    ).bool(false);
  },
  read(from) {
    from.throttle();
    return from.array(() => resourceResult(from));
  },
};

export interface TopicConfigs extends TopicResult {
  readonly configs: ReadonlyMap<string, string>;
}

/** Settings of topics, with the broker's defaults where a topic has none of its own. */
export const describeConfigs: Api<
  { readonly topics: readonly string[]; readonly keys: readonly string[] },
  readonly TopicConfigs[]
> = {
  key: 32,
  name: 'DescribeConfigs',
  version: 2,
  write({ topics, keys }, to) {
    to.array(topics, (topic) =>
      to
        .int8(TOPIC_RESOURCE)
        .string(topic)
        .array(keys, (key) => to.string(key)),
    ).bool(false);
  },
  read(from) {
    from.throttle();
    return from.array(() => {
      const result = resourceResult(from);
      const configs = new Map<string, string>();
      from.array(() => {
        const [key, value] = [from.string(), from.nullableString()];
        from.skip(3); // read-only, source, sensitive
        from.array(() => [from.string(), from.nullableString(), from.int8()]); // synonyms
        if (value !== null) configs.set(key, value);
      });
      return { ...result, configs };
    });
  },
};

/** What the broker says of a topic whose settings were asked for or changed. */
function resourceResult(from: Reader): TopicResult {
  const [errorCode, message] = [from.int16(), from.nullableString()];
  from.int8(); // the kind of resource
  return { topic: from.string(), errorCode, message };
}
