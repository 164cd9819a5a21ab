import { TransportError, type Outcome, type TransportErrorCode } from '@tramline/core';
import { errorName, type ErrorName } from '../protocol/error-codes.js';

/** What somebody has to do about errors that do not mend themselves. */
const FIXES: Partial<Record<ErrorName, string>> = {
  INVALID_TOPIC_EXCEPTION: 'Use 1 to 249 letters, digits, dots, underscores and hyphens.',
  INVALID_REPLICATION_FACTOR: 'Ask for at most as many copies as there are brokers (topics.replication).',
  INVALID_PARTITIONS: 'Ask for at least one partition (topics.partitions).',
  INVALID_GROUP_ID: 'Give the group a name that is not empty.',
  INVALID_SESSION_TIMEOUT:
    "Choose consumer.sessionTimeout between the broker's group.min.session.timeout.ms (6 s unless set) and group.max.session.timeout.ms.",
  INCONSISTENT_GROUP_PROTOCOL:
    'The group has members of another framework or kind. Stop them, or choose another name for the group.',
  TOPIC_AUTHORIZATION_FAILED: 'Give our principal rights on the topic (kafka-acls).',
  GROUP_AUTHORIZATION_FAILED: 'Give our principal rights on the group (kafka-acls).',
  CLUSTER_AUTHORIZATION_FAILED: 'Give our principal rights on the cluster (kafka-acls).',
  GROUP_MAX_SIZE_REACHED: "Raise the broker's group.max.size, or run fewer processes.",
};

/** Those that go away by themselves: leaders move, coordinators load, replicas catch up, a batch was damaged on its way. */
const PASSING: ReadonlySet<ErrorName> = new Set<ErrorName>([
  'UNKNOWN_SERVER_ERROR',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_OR_FOLLOWER',
  'REQUEST_TIMED_OUT',
  'BROKER_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'NETWORK_EXCEPTION',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'NOT_CONTROLLER',
  'REBALANCE_IN_PROGRESS',
  'CONCURRENT_TRANSACTIONS',
  'KAFKA_STORAGE_ERROR',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'LISTENER_NOT_FOUND',
  'OFFSET_NOT_AVAILABLE',
  'UNSTABLE_OFFSET_COMMIT',
  'THROTTLING_QUOTA_EXCEEDED',
  'REASSIGNMENT_IN_PROGRESS',
  'CORRUPT_MESSAGE',
]);

const CODES: Partial<Record<ErrorName, TransportErrorCode>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'TRAMLINE_UNKNOWN_TOPIC',
  MESSAGE_TOO_LARGE: 'TRAMLINE_RECORD_TOO_LARGE',
  RECORD_LIST_TOO_LARGE: 'TRAMLINE_RECORD_TOO_LARGE',
  OFFSET_METADATA_TOO_LARGE: 'TRAMLINE_METADATA_TOO_LARGE',
  NON_EMPTY_GROUP: 'TRAMLINE_GROUP_ACTIVE',
};

/** An error that a broker answered, as the port knows it. */
export class BrokerError extends TransportError {
  constructor(
    readonly kafka: ErrorName,
    what: string,
    options: { readonly outcome?: Outcome; readonly said?: string | null } = {},
  ) {
    const passing = PASSING.has(kafka);
    const said = options.said ? ` (${options.said})` : '';
    const fix = FIXES[kafka] ? ` ${FIXES[kafka]}` : '';
    super(
      passing ? 'TRAMLINE_AWAY' : (CODES[kafka] ?? 'TRAMLINE_REFUSED'),
      `${what}: Kafka answered ${kafka}${said}.${fix}`,
      {
        retriable: passing,
        ...(options.outcome && { outcome: options.outcome }),
      },
    );
  }
}

/** @throws BrokerError unless the code is that of success */
export function check(errorCode: number, what: string, said?: string | null): void {
  if (errorCode !== 0) throw new BrokerError(errorName(errorCode), what, { said: said ?? null });
}
