import type { Log, TramlineOptions } from '@tramline/core';
import type { Oracle } from '../oracle/oracle.ts';
import { Dice, mix } from '../scenario/dice.ts';
import { CONTRACTS, type Scenario, type Version } from '../scenario/scenario.ts';

/** By how much the wall clock of a process is off. */
export function skewOf({ seed, skew }: Scenario, name: string): number {
  return new Dice(mix(seed, name, 'skew')).int(-skew, skew);
}

/** What a bus is told of the scenario. */
export function optionsOf(
  { consumer, partitions, publishTimeout }: Scenario,
  { tiers }: Version,
): Omit<TramlineOptions, 'service' | 'transport'> {
  return {
    contracts: CONTRACTS,
    consumer: { ...consumer, retryTiers: tiers },
    publisher: { timeout: publishTimeout },
    topics: { topology: 'create', partitions },
  };
}

/** What the runtime has to say goes into the trace. */
export function logTo({ trace }: Oracle, name: string): Log {
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (line) => trace.add(`${name} warns: ${line}`),
    error: (line) => trace.add(`${name} errs: ${line}`),
  };
}
