import type { Contract } from './contract/contract.js';
import type { Handler } from './consume/handler.js';
import type { ResolvedPolicy } from './failure/policy.js';

/** What a service is made of, with every default, policy and override in place: for documents and checks. */
export interface ServiceDescription {
  readonly service: string;
  readonly namespace: string | null;
  /** Every contract it knows, those of its handlers among them. */
  readonly contracts: readonly Contract[];
  /** All of them, also those that `consume` leaves to other processes. */
  readonly handlers: readonly HandlerDescription[];
  /** The retry tiers of each of its groups, milliseconds, ascending. */
  readonly tiersMs: readonly number[];
  readonly maxEventBytes: number;
  readonly hasOutbox: boolean;
}

/** One handler as it would run. */
export interface HandlerDescription {
  readonly id: string;
  readonly aliases: readonly string[];
  /** Such as `Greeter.greet`. */
  readonly place: string;
  readonly group: string;
  readonly contracts: readonly Contract[];
  readonly enabled: boolean;
  readonly broadcast: boolean;
  readonly once: boolean;
  readonly tombstones: boolean;
  readonly batch: { readonly size: number; readonly waitMs: number } | null;
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly startFrom: 'earliest' | 'latest';
  readonly policy: PolicyDescription;
}

/** What happens to an event that its handler fails. */
export interface PolicyDescription {
  /** Attempts of one delivery, the first included. */
  readonly inPlace: number;
  /** The waits between deliveries; after the last it is a dead letter. */
  readonly delaysMs: readonly number[];
  /** What is different for some errors: the class's or the test's name, and what is done. */
  readonly rules: readonly {
    readonly error: string;
    readonly action: 'dead' | 'discard' | Omit<PolicyDescription, 'rules'>;
  }[];
}

export function describeHandler(handler: Handler): HandlerDescription {
  const { ids, policy, run: _, ...rest } = handler;
  return { ...rest, aliases: [...ids].filter((id) => id !== handler.id), policy: describePolicy(policy) };
}

function describePolicy({ inPlace, delays, rules }: ResolvedPolicy): PolicyDescription {
  return {
    inPlace,
    delaysMs: delays,
    rules: rules.map(([matcher, action]) => ({
      error: matcher.name || '(a test)',
      action: typeof action === 'string' ? action : { inPlace: action.inPlace, delaysMs: action.delays },
    })),
  };
}
