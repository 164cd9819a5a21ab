import { DEATH_REASONS, type LetterFilter } from '@tramline/core/ops';
import type { WallClock } from '../../env.js';
import { usageError } from '../../exit.js';
import { pointInTime } from '../../options/time.js';

export interface FilterFlags {
  readonly handler?: string;
  readonly type?: string;
  readonly key?: string;
  readonly error?: string;
  readonly reasonIs?: string;
  readonly since?: string;
  readonly until?: string;
}

/** `unknown`: a foreign client wrote the letter. */
const REASONS: readonly string[] = [...DEATH_REASONS, 'unknown'];

/** @throws CliError */
export function filterOf(flags: FilterFlags, clock: WallClock, ids: readonly string[] = []): LetterFilter {
  const { handler, type, key, error, reasonIs, since, until } = flags;
  if (reasonIs !== undefined && !REASONS.includes(reasonIs))
    throw usageError(`--reason-is is "${reasonIs}": use one of ${REASONS.join(', ')}.`);
  return {
    ...(ids.length > 0 && { ids }),
    ...(handler !== undefined && { handlerId: handler }),
    ...(type !== undefined && { type }),
    ...(key !== undefined && { key }),
    ...(error !== undefined && { errorClass: error }),
    ...(reasonIs !== undefined && { reason: reasonIs }),
    ...(since !== undefined && { since: pointInTime('--since', since, clock) }),
    ...(until !== undefined && { until: pointInTime('--until', until, clock) }),
  };
}

/** For what changes letters: a forgotten filter must not mean all of them. @throws CliError */
export function chosenBy(
  flags: FilterFlags & { readonly allLetters?: boolean },
  clock: WallClock,
  ids: readonly string[],
): LetterFilter {
  const filter = filterOf(flags, clock, ids);
  const isNarrow = Object.keys(filter).length > 0;
  if (!isNarrow && !flags.allLetters)
    throw usageError('Say which letters: their ids, a filter such as --handler or --key, or --all-letters.');
  if (isNarrow && flags.allLetters) throw usageError('Give --all-letters alone, without ids and filters.');
  return filter;
}
