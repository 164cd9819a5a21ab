import { formatDuration, parseDuration } from '../time/duration.js';
import { MAX_HOPS, type Ladder } from './ladder.js';
import type { ErrorMatcher, RetryPolicy, RetryPolicyRef } from './retry-policy.js';

interface Schedule {
  readonly inPlace: number;
  readonly delays: readonly number[];
}

type Rule = readonly [ErrorMatcher, 'dead' | 'discard' | Schedule];

/** A policy with all defaults in place; delays in milliseconds. */
export interface ResolvedPolicy extends Schedule {
  readonly rules: readonly Rule[];
}

const DEFAULT_IN_PLACE = 3;
/** How often the longest tier is waited by default. */
const DEFAULT_LAST = 24;
export const DEFAULT_TIERS: readonly number[] = [10_000, 60_000, 600_000, 3_600_000];

/**
 * Checks a policy and fills in what it leaves out. Faults go to `faults`, each beginning with `place`.
 * @param policies - what names refer to
 */
export function resolvePolicy(
  ref: RetryPolicyRef | undefined,
  policies: Readonly<Record<string, RetryPolicy>>,
  ladder: Ladder,
  place: string,
  faults: string[],
): ResolvedPolicy {
  let policy: RetryPolicy | undefined;
  if (typeof ref === 'string') {
    policy = Object.hasOwn(policies, ref) ? policies[ref] : undefined;
    if (!policy)
      faults.push(
        `${place}: there is no policy '${ref}'. Known: ${Object.keys(policies).join(', ') || 'none'}.`,
      );
  } else policy = ref;
  if (policy !== undefined && (typeof policy !== 'object' || policy === null)) {
    faults.push(`${place}: retry must be a policy object or the name of one, not ${String(policy)}.`);
    policy = undefined;
  }
  for (const name of Object.keys(policy ?? {})) {
    if (!['inPlace', 'delays', 'on'].includes(name))
      faults.push(`${place}: unknown retry option '${name}'. Known: inPlace, delays, on.`);
  }
  const base = resolveSchedule(
    policy ?? {},
    { inPlace: DEFAULT_IN_PLACE, delays: defaultDelays(ladder) },
    ladder,
    place,
    faults,
  );
  const rules = (policy?.on ?? []).flatMap((rule): Rule[] => {
    const [matcher, action] = Array.isArray(rule)
      ? (rule as [ErrorMatcher, unknown])
      : [undefined, undefined];
    if (typeof matcher !== 'function') {
      faults.push(
        `${place}: each entry of 'on' is [ErrorClass or test, 'dead' | 'discard' | { inPlace, delays }].`,
      );
      return [];
    }
    if (action === 'dead' || action === 'discard') return [[matcher, action]];
    if (typeof action !== 'object' || action === null) {
      faults.push(
        `${place}: '${String(action)}' is no action for ${matcher.name || 'an error'}. Give 'dead', 'discard' or { inPlace, delays }.`,
      );
      return [];
    }
    return [[matcher, resolveSchedule(action, base, ladder, place, faults)]];
  });
  return { ...base, rules };
}

/** Each tier once, the longest 24 times: with the default tiers 10s, 1m, 10m, then a day of hours. */
function defaultDelays({ tiers }: Ladder): readonly number[] {
  return [...tiers.slice(0, -1), ...Array<number>(DEFAULT_LAST).fill(tiers.at(-1)!)];
}

function resolveSchedule(
  policy: Pick<RetryPolicy, 'inPlace' | 'delays'>,
  defaults: Schedule,
  ladder: Ladder,
  place: string,
  faults: string[],
): Schedule {
  const inPlace = policy.inPlace ?? defaults.inPlace;
  if (!Number.isInteger(inPlace) || inPlace < 1 || inPlace > 100) {
    faults.push(
      `${place}: inPlace is ${String(inPlace)}; give a whole number from 1 to 100 (1: no retry in place).`,
    );
  }
  const given: readonly unknown[] = policy.delays ?? defaults.delays;
  if (!Array.isArray(given)) {
    faults.push(`${place}: delays must be a list of durations such as ['10s', '1m'].`);
    return { inPlace, delays: [] };
  }
  const delays = given.map((delay) => {
    const ms = parseDuration(delay);
    if (ms === undefined || ms === 0) {
      faults.push(
        `${place}: '${String(delay)}' is no delay. Write milliseconds or '10s', '1m', '1.5h', '7d'.`,
      );
      return 0;
    }
    if (ladder.hops(ms) > MAX_HOPS) {
      const tiers = ladder.tiers.map(formatDuration).join(', ');
      faults.push(
        `${place}: a delay of ${formatDuration(ms)} takes more than ${MAX_HOPS} hops over the tiers ${tiers}. Add a longer tier to consumer.retryTiers.`,
      );
    }
    return ms;
  });
  return { inPlace, delays };
}
