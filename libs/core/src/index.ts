export { ClosedError, ConfigurationError, TramlineError, asError } from './errors.js';
export { sleep, within, type Clock, type Timer } from './time/clock.js';
export { systemClock } from './time/system-clock.js';
export { formatDuration, parseDuration, type Duration } from './time/duration.js';
export { systemRandom, type Random } from './time/random.js';
export { consoleLog, silentLog, type Log } from './log/log.js';
export {
  partitionName,
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
  TopicDescription,
  TopicSpec,
} from './transport/admin.js';
export { TransportError, type Outcome, type TransportErrorCode } from './transport/transport-error.js';
