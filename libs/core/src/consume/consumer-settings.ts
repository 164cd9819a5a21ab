import { DEFAULT_TIERS } from '../failure/policy.js';
import { Ladder } from '../failure/ladder.js';
import { groupFault } from '../names.js';
import { unknownNames } from '../option-names.js';
import type { ConsumerOptions } from '../options.js';
import { parseDuration } from '../time/duration.js';

/** {@link ConsumerOptions} with all defaults in place, durations in milliseconds. */
export interface ConsumerSettings {
  readonly ladder: Ladder;
  readonly concurrency: number;
  readonly window: number;
  readonly windowBytes: number;
  readonly commitIntervalMs: number;
  readonly sessionTimeoutMs: number;
  readonly drainTimeoutMs: number;
  readonly stalledAfterMs: number;
  readonly outOfRange: 'stop' | 'earliest' | 'latest';
  readonly unknownHandlerWaitMs: number;
  readonly previousGroups: Readonly<Record<string, string>>;
}

const KNOWN: Record<keyof Required<ConsumerOptions>, true> = {
  retryTiers: true,
  concurrency: true,
  window: true,
  windowBytes: true,
  commitInterval: true,
  sessionTimeout: true,
  drainTimeout: true,
  stalledAfter: true,
  outOfRange: true,
  unknownHandlerWait: true,
  previousGroups: true,
};

/** Faults go to `faults`, each naming the option. */
export function resolveConsumer(options: ConsumerOptions, faults: string[]): ConsumerSettings {
  faults.push(...unknownNames('consumer: ', options, KNOWN));
  const whole = (name: 'concurrency' | 'window' | 'windowBytes', fallback: number): number => {
    const value = options[name] ?? fallback;
    if (!Number.isSafeInteger(value) || value < 1)
      faults.push(`consumer.${name} is ${String(value)}; give a whole number from 1.`);
    return value;
  };
  const duration = (
    name: 'commitInterval' | 'sessionTimeout' | 'drainTimeout' | 'stalledAfter' | 'unknownHandlerWait',
    fallback: number,
    least: number,
  ): number => {
    const given = options[name];
    const ms = given === undefined ? fallback : parseDuration(given);
    if (ms === undefined || ms < least) {
      faults.push(
        `consumer.${name} is ${JSON.stringify(given)}; give a duration of at least ${least} ms, such as '500ms', '6s', '1h'.`,
      );
    }
    return ms ?? fallback;
  };
  const outOfRange = options.outOfRange ?? 'stop';
  if (!['stop', 'earliest', 'latest'].includes(outOfRange)) {
    faults.push(`consumer.outOfRange is ${JSON.stringify(outOfRange)}; give 'stop', 'earliest' or 'latest'.`);
  }
  for (const [group, former] of Object.entries(options.previousGroups ?? {})) {
    const fault = former === group ? `'${group}' cannot be its own former name.` : groupFault(former);
    if (fault) faults.push(`consumer.previousGroups: ${fault}`);
  }
  const sessionTimeoutMs = duration('sessionTimeout', 6_000, 500);
  const drainTimeoutMs = duration('drainTimeout', Math.min(3_000, sessionTimeoutMs / 2), 0);
  if (drainTimeoutMs > sessionTimeoutMs / 2) {
    faults.push(
      `consumer.drainTimeout (${drainTimeoutMs} ms) must be at most half of sessionTimeout (${sessionTimeoutMs} ms): a group waits no longer for a member.`,
    );
  }
  const stalledAfterMs = duration('stalledAfter', Math.max(30_000, sessionTimeoutMs), 0);
  if (stalledAfterMs < sessionTimeoutMs) {
    faults.push(
      `consumer.stalledAfter (${stalledAfterMs} ms) must be at least sessionTimeout (${sessionTimeoutMs} ms): for that long a healthy group may be silent.`,
    );
  }
  return {
    ladder: new Ladder(resolveTiers(options.retryTiers, faults)),
    concurrency: whole('concurrency', 256),
    window: whole('window', 4_096),
    windowBytes: whole('windowBytes', 64 * 1024 * 1024),
    commitIntervalMs: duration('commitInterval', 500, 10),
    sessionTimeoutMs,
    drainTimeoutMs,
    stalledAfterMs,
    outOfRange,
    unknownHandlerWaitMs: duration('unknownHandlerWait', 3_600_000, 0),
    previousGroups: options.previousGroups ?? {},
  };
}

function resolveTiers(given: ConsumerOptions['retryTiers'], faults: string[]): readonly number[] {
  if (given === undefined) return DEFAULT_TIERS;
  const tiers = Array.isArray(given) ? given.map((delay) => parseDuration(delay) ?? 0) : [];
  const ascending = tiers.every((tier, index) => tier >= 1 && (index === 0 || tier > tiers[index - 1]!));
  if (tiers.length === 0 || !ascending) {
    faults.push(
      `consumer.retryTiers is ${JSON.stringify(given)}; give at least one duration, ascending, such as ['10s', '1m', '10m', '1h'].`,
    );
    return DEFAULT_TIERS;
  }
  return tiers;
}
