export { ClosedError, ConfigurationError, TramlineError, asError } from './errors.js';
export { sleep, within, type Clock, type Timer } from './time/clock.js';
export { systemClock } from './time/system-clock.js';
export { formatDuration, parseDuration, type Duration } from './time/duration.js';
export { systemRandom, type Random } from './time/random.js';
export { consoleLog, silentLog, type Log } from './log/log.js';
export {
  partitionName,
  partitionNames,
  recordBytes,
  type OutgoingRecord,
  type RecordHeaders,
  type StoredRecord,
  type TopicPartition,
} from './transport/records.js';
export type {
  Appended,
  AssignedPartition,
  CommitEntry,
  ConsumeListener,
  ConsumeOptions,
  Membership,
  MembershipStatus,
  ReadRange,
  RecordBatch,
  StartPosition,
  Transport,
  TransportCapabilities,
  TransportEnvironment,
  TransportProvider,
} from './transport/transport.js';
export type {
  CommittedOffset,
  GroupAdmin,
  GroupDescription,
  GroupMember,
  PartitionOffsets,
  TopicAdmin,
  TopicChange,
  TopicDescription,
  TopicSpec,
} from './transport/admin.js';
export { TransportError, type Outcome, type TransportErrorCode } from './transport/transport-error.js';
export type {
  Contract,
  EventClass,
  EventName,
  EventOf,
  EventRef,
  KeyFunction,
  PayloadOf,
} from './contract/contract.js';
export {
  contractOf,
  defineEvent,
  EventContract,
  type EventContractOptions,
  type EventSchemaOptions,
} from './contract/event-contract.js';
export { ContractRegistry, UnknownEventError } from './contract/contract-registry.js';
export { StandardValidation } from './contract/standard-validation.js';
export { Naming } from './naming.js';
export { groupFault, type GroupTopic } from './names.js';
export { PayloadError, type PayloadFault } from './contract/payload-error.js';
export type { Validation } from './contract/validation.js';
export type { Codec } from './envelope/codec.js';
export { jsonCodec } from './envelope/json-codec.js';
export { toEnvelope, type EnvelopeDefaults } from './envelope/to-envelope.js';
export { toRecord } from './envelope/to-record.js';
export type { Envelope } from './envelope/envelope.js';
export type { Receipt, PublishOptions } from './publish/receipt.js';
export { EventBus, type EventBusParts, type PublishItem } from './publish/event-bus.js';
export { PublishAllError, PublishError, type PublishErrorCode } from './publish/publish-error.js';
export { Outbox, type OutboxParts, type OutboxPublishOptions, type OutboxReceipt } from './outbox/outbox.js';
export { OutboxError, type OutboxErrorCode } from './outbox/outbox-error.js';
export type {
  OutboxBlocker,
  OutboxHealth,
  OutboxProvider,
  OutboxStatus,
  RelayHealth,
} from './outbox/outbox-backend.js';
export { EventLog, type EventLogParts, type LoggedEvent, type ReadOptions } from './read/event-log.js';
export { murmurPartitioner, type Partitioner } from './publish/partitioner.js';
export { publisherSettings, type PublisherSettings } from './publish/publisher-options.js';
export { EventContext } from './consume/event-context.js';
export type { HandlerDefinition, HandlerOptions, HandlerOverrides } from './consume/handler.js';
export { AttemptTimeoutError, BatchError, DiscardError, NonRetryableError } from './failure/errors.js';
export type { ErrorAction, ErrorMatcher, RetryPolicy, RetryPolicyRef } from './failure/retry-policy.js';
export type { Observation, Observer } from './observe/observation.js';
export { Observations } from './observe/observations.js';
export type { ConsumerOptions, PublisherOptions, TopicOptions, TramlineOptions } from './options.js';
export { Tramline, type Health, type Throttled } from './tramline.js';
export type { HandlerDescription, PolicyDescription, ServiceDescription } from './description.js';
export type { GroupHealth, HandlerHealth, PartitionHealth } from './consume/group-health.js';
export type { PauseReason } from './consume/partition-consumer.js';
export { StalledError, type StallReason } from './consume/stalled-error.js';
export { OffsetsMissingError, OutOfRangeError } from './consume/position-errors.js';
export { TopologyError } from './topology/ensure.js';
export type { Origin } from './consume/event-context.js';
