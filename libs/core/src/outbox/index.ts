export type {
  Effect,
  InboxGroup,
  OutboxBackend,
  OutboxBlocker,
  OutboxEntry,
  OutboxEnvironment,
  OutboxHealth,
  OutboxProvider,
  OutboxStatus,
  RelayHealth,
  WriteOptions,
} from './outbox-backend.js';
export type { OriginRange, OutboxOperator } from './outbox-operator.js';
export type {
  Beat,
  DatabaseErrorKind,
  DeadRow,
  Hold,
  Horizon,
  InboxStore,
  Lease,
  OutboxRow,
  OutboxStore,
  PendingRequest,
  RelayStore,
  WriterStore,
} from './outbox-store.js';
