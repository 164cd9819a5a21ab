import { defineEvent, type Contract } from '@tramline/core';

/** What a simulated event carries: its key and its number in the run. */
export interface Payload {
  readonly k: string;
  readonly n: number;
}

/** Two types that share a topic, so that they are ordered together, and one with a topic of its own. */
export const CONTRACTS: readonly Contract<Payload>[] = [
  defineEvent<Payload>('order.placed', { key: 'k' }),
  defineEvent<Payload>('order.shipped', { key: 'k', topic: 'order.placed' }),
  defineEvent<Payload>('user.joined', { key: 'k' }),
];

export const EVENT_TOPICS: readonly string[] = [...new Set(CONTRACTS.map(({ topic }) => topic))];

/** One handler in one version of a service. Durations are milliseconds. */
export interface HandlerSpec {
  /** The same in every version, also under another id. */
  readonly base: string;
  readonly id: string;
  readonly aliases: readonly string[];
  readonly group: string;
  /** Indexes into {@link CONTRACTS}. */
  readonly events: readonly number[];
  readonly inPlace: number;
  readonly delays: readonly number[];
  /** What its policy does with a GatewayError. */
  readonly onGateway: 'dead' | 'discard' | 'retry' | 'none';
  readonly batch: { readonly size: number; readonly wait: number } | undefined;
  readonly concurrency: number;
  readonly timeout: number;
  readonly enabled: boolean;
  readonly broadcast: boolean;
  readonly startFrom: 'earliest' | 'latest';
}

/** One version of a service, as it is deployed. */
export interface Version {
  readonly handlers: readonly HandlerSpec[];
  /** Milliseconds. */
  readonly tiers: readonly number[];
}

export interface ServiceSpec {
  readonly name: string;
  /** How many processes it runs. */
  readonly members: number;
  /** The first is the one it starts with. */
  readonly versions: readonly Version[];
}

/** How handlers behave, as weights. */
export interface Temper {
  readonly quick: number;
  readonly slow: number;
  readonly flaky: number;
  readonly dying: number;
  readonly fatal: number;
  readonly discarding: number;
  readonly hanging: number;
  readonly late: number;
}

/** The fixed part of a run; the schedule says what happens to it. */
export interface Scenario {
  readonly seed: number;
  readonly partitions: number;
  /** Records that one fetch brings. */
  readonly batchSize: number;
  readonly keys: number;
  /** By how much the wall clock of a process may be off, milliseconds. */
  readonly skew: number;
  /** Milliseconds. */
  readonly publishTimeout: number;
  readonly services: readonly ServiceSpec[];
  readonly temper: Temper;
  readonly consumer: {
    readonly concurrency: number;
    readonly window: number;
    readonly commitInterval: number;
    readonly sessionTimeout: number;
    readonly drainTimeout: number;
    readonly unknownHandlerWait: number;
  };
  /** Whether somebody listens to observations: they must change nothing. */
  readonly observed: boolean;
  /** Whether the world is healed by starting every process anew, or goes on with those that are left. */
  readonly restartAtEnd: boolean;
}
