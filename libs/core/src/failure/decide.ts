import type { Random } from '../time/random.js';
import type { ResolvedPolicy } from './policy.js';
import type { ErrorMatcher } from './retry-policy.js';

/** What is to be done after a failed attempt. */
export type Decision =
  | { readonly kind: 'again'; readonly backoffMs: number }
  | { readonly kind: 'wait'; readonly delayMs: number }
  | { readonly kind: 'dead'; readonly reason: DeathReason }
  | { readonly kind: 'discard'; readonly reason: string };

/** What an event can have died for; docs/guide/failures.md explains each. */
export const DEATH_REASONS = [
  'retries-exhausted',
  'non-retryable',
  'policy',
  'invalid-payload',
  'undecodable',
  'handler-unknown',
  'too-large',
] as const;

export type DeathReason = (typeof DEATH_REASONS)[number];

/** Base of the waits between attempts in place; doubled each time, at most the ceiling, half of it random. */
const BACKOFF_MS = 50;
const BACKOFF_CEILING_MS = 1_000;

/**
 * @param tries - attempts in this delivery so far, at least 1
 * @param deliveries - deliveries before this one that ended in a wait
 */
export function decide(
  policy: ResolvedPolicy,
  error: Error,
  tries: number,
  deliveries: number,
  random: Random,
): Decision {
  switch (codeOf(error)) {
    case 'TRAMLINE_NON_RETRYABLE':
      return { kind: 'dead', reason: 'non-retryable' };
    case 'TRAMLINE_PAYLOAD':
      return { kind: 'dead', reason: 'invalid-payload' };
    case 'TRAMLINE_DISCARD':
      return { kind: 'discard', reason: 'handler' };
  }
  const rule = policy.rules.find(([matcher]) => matches(matcher, error));
  if (rule?.[1] === 'dead') return { kind: 'dead', reason: 'policy' };
  if (rule?.[1] === 'discard') return { kind: 'discard', reason: 'policy' };
  const schedule = rule?.[1] ?? policy;
  if (tries < schedule.inPlace) return { kind: 'again', backoffMs: backoff(tries, random) };
  const delayMs = schedule.delays[deliveries];
  return delayMs === undefined ? { kind: 'dead', reason: 'retries-exhausted' } : { kind: 'wait', delayMs };
}

/** Exponential, half of it random, so that what failed together does not come back together. */
export function backoff(
  tries: number,
  random: Random,
  baseMs = BACKOFF_MS,
  ceilingMs = BACKOFF_CEILING_MS,
): number {
  const full = Math.min(ceilingMs, baseMs * 2 ** (tries - 1));
  return full / 2 + (full / 2) * random.next();
}

function codeOf(error: Error): unknown {
  // By code, not by class: an application may hold two copies of the package.
  return (error as { code?: unknown }).code;
}

function matches(matcher: ErrorMatcher, error: Error): boolean {
  if (matcher.prototype instanceof Error || (matcher as unknown) === Error) {
    return error instanceof (matcher as abstract new (...args: never[]) => Error);
  }
  try {
    return (matcher as (error: Error) => boolean)(error) === true;
  } catch {
    // A rule that throws is no reason to lose the event's own error.
    return false;
  }
}
