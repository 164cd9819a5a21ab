export { openOps, Ops, type OpsOptions } from './open-ops.js';
export { openRelay, type RelayRun, type RelayRunOptions } from './open-relay.js';
export {
  TopicOps,
  type ListedTopic,
  type NewTopic,
  type TopicDetails,
  type TopicKind,
  type TopicListOptions,
} from './topic-ops.js';
export type { TopicPlan, WantedGroup, WantedTopics } from './topic-plan.js';
export { GroupOps, type GroupDetails, type ListedGroup } from './group-ops.js';
export type { GroupPosition } from './group-positions.js';
export type { ResetMove, ResetOptions, ResetResult, ResetTarget } from './group-reset.js';
export { DeadOps, type DeadGroup } from './dead-ops.js';
export {
  DeadLetters,
  type DiscardOptions,
  type LetterListOptions,
  type LetterPageOptions,
  type ShownLetter,
} from './dead-letters.js';
export type { LetterPage, ListedLetter } from './letter-reading.js';
export type { EraseOptions, EraseResult } from './letter-eraser.js';
export type { RedriveOptions, RedriveResult } from './redriver.js';
export type { LetterFilter } from './letter-filter.js';
export type { LetterState } from './letter-states.js';
export { RetryOps, type RetryTier, type WaitingEvent, type WaitingFilter } from './retry-ops.js';
export { OutboxOps, type DeadRowPage, type PruneOptions, type PruneResult } from './outbox-ops.js';
export { EventOps, type CheckedEvent, type EventOpsParts } from './event-ops.js';
export type { FoundEvent, FoundEventFilter } from './found-events.js';
export type { TailOptions } from './tail.js';
export type { GroupStep } from './group-step.js';
export type { GroupWatchOptions } from './group-watch.js';
export type { ReplayOptions, ReplayPosition, ReplayResult } from './replay.js';
export { OpsRefusedError, UnknownGroupError, UnknownHandlerError, UnknownLetterError } from './errors.js';
export type { Finding } from './checkup/finding.js';
export type { OpsParts, OpsPorts } from './ports.js';
export { DEATH_REASONS } from '../failure/decide.js';
export type { Letter } from '../failure/letter.js';
export type { History } from '../failure/failed-event.js';

// What configuration and commands need beside operations, so that they know core by this entry alone.
export { systemClock } from '../time/system-clock.js';
export { formatDuration, parseDuration, type Duration } from '../time/duration.js';
export { contractOf } from '../contract/event-contract.js';
export type { Contract, EventClass, EventRef } from '../contract/contract.js';
export type { Validation } from '../contract/validation.js';
export type { HandlerDescription, PolicyDescription, ServiceDescription } from '../description.js';
export { DEAD_HEADERS, ENVELOPE_HEADERS, RETRY_HEADERS, type HeaderDoc } from '../envelope/header-docs.js';
export type { Envelope } from '../envelope/envelope.js';
export type { Log } from '../log/log.js';
export type {
  OutboxHealth,
  OutboxMigration,
  OutboxProvider,
  OutboxStatus,
  RelayHealth,
} from '../outbox/outbox-backend.js';
export type { DeadRow } from '../outbox/outbox-store.js';
export type { PublishOptions, Receipt } from '../publish/receipt.js';
export type { TransportProvider } from '../transport/transport.js';
