import type { FailingWrite } from '../failure/failure-writer.js';
import type { Transport } from '../transport/transport.js';
import type { HandlerRunner } from './attempt.js';
import type { GroupState } from './group-state.js';
import type { Intake } from './partition-consumer.js';
import type { Scheduler } from './scheduler.js';
import type { StartPositions } from './start-positions.js';
import type { Tools } from './work.js';

/** Everything a group consumer is made of. */
export interface GroupSetup {
  readonly tools: Tools;
  readonly transport: Transport;
  readonly scheduler: Scheduler;
  /** Those that are enabled here. */
  readonly runners: readonly HandlerRunner[];
  /** Writes of failed events that do not succeed just now. */
  failingWrites(): readonly FailingWrite[];
  /** The group's name on the broker. */
  readonly groupName: string;
  readonly clientId: string;
  readonly broadcast: boolean;
  /** Topics to subscribe to, asked before each join. */
  topics(): Promise<readonly string[]>;
  /** What to do with the records of one partition; asked once per assignment of it. */
  intake(topic: string): { readonly intake: Intake; readonly tier: boolean };
  /** Null for broadcast. */
  readonly positions: { readonly starts: StartPositions; readonly state: GroupState } | null;
  /** Called before each join. */
  onJoin(): Promise<void>;
  readonly window: number;
  readonly windowBytes: number;
  readonly commitIntervalMs: number;
  readonly sessionTimeoutMs: number;
  readonly drainTimeoutMs: number;
  readonly stalledAfterMs: number;
  readonly outOfRange: 'stop' | 'earliest' | 'latest';
}
