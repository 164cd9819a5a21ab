import type { Letter } from '../failure/letter.js';

/** Which dead letters. Every condition given must hold; none given: all. */
export interface LetterFilter {
  /** Letter ids. */
  readonly ids?: readonly string[];
  readonly handlerId?: string;
  readonly type?: string;
  readonly key?: string;
  readonly errorClass?: string;
  readonly reason?: string;
  /** Died at or after this time. */
  readonly since?: Date;
  /** Died before this time. */
  readonly until?: Date;
}

export function isWanted(filter: LetterFilter): (letter: Letter) => boolean {
  const ids = filter.ids && new Set(filter.ids);
  const since = filter.since?.getTime() ?? -Infinity;
  const until = filter.until?.getTime() ?? Infinity;
  const equal = (wanted: string | undefined, found: string | null) =>
    wanted === undefined || wanted === found;
  return (letter) =>
    (!ids || ids.has(letter.id)) &&
    equal(filter.handlerId, letter.handlerId) &&
    equal(filter.type, letter.envelope.type) &&
    equal(filter.key, letter.envelope.key) &&
    equal(filter.errorClass, letter.errorClass) &&
    equal(filter.reason, letter.reason) &&
    letter.diedAt >= since &&
    letter.diedAt < until;
}
