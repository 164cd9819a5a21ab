import { Dice, mix } from '../scenario/dice.ts';
import type { Scenario, Temper } from '../scenario/scenario.ts';

/** What a handler throws. `text` is no Error at all. */
export type Thrown = 'plain' | 'gateway' | 'fatal' | 'discard' | 'text';

/** How a handler treats an event. Durations are milliseconds; `after: undefined` ends within the call. */
export type Behaviour =
  | { readonly kind: 'succeed'; readonly after: number | undefined }
  | {
      readonly kind: 'fail';
      readonly after: number | undefined;
      readonly thrown: Thrown;
      readonly times: number;
    }
  /** Never ends, or ends when it is told to. */
  | { readonly kind: 'hang'; readonly heeds: boolean; readonly times: number }
  /** Ends well, so long after its timeout. */
  | { readonly kind: 'late'; readonly by: number; readonly times: number };

/** The number of events that every handler takes at once and well. */
export const PROBE = 0;

/** What a handler does with an event is laid down by the seed, so that leaving out a step changes nothing about the others. */
export function behaviourOf({ seed, temper }: Scenario, base: string, n: number): Behaviour {
  if (n === PROBE) return { kind: 'succeed', after: undefined };
  const dice = new Dice(mix(seed, base, n));
  const kind = dice.weighted(Object.entries(temper) as [keyof Temper, number][]);
  const after = dice.pick([undefined, undefined, 0, dice.int(1, 40), dice.int(40, 400)]);
  switch (kind) {
    case 'quick':
      return { kind: 'succeed', after };
    case 'slow':
      // Half a millisecond beside every timeout: at the very moment of one, either end would be right.
      return { kind: 'succeed', after: dice.int(300, 4_000) + 0.5 };
    case 'flaky':
      return {
        kind: 'fail',
        after,
        times: dice.int(1, 5),
        thrown: dice.pick(['plain', 'plain', 'gateway', 'text']),
      };
    case 'dying':
      return { kind: 'fail', after, times: Infinity, thrown: dice.pick(['plain', 'gateway']) };
    case 'fatal':
      return { kind: 'fail', after, times: Infinity, thrown: 'fatal' };
    case 'discarding':
      return { kind: 'fail', after, times: Infinity, thrown: 'discard' };
    case 'hanging':
      return { kind: 'hang', heeds: dice.chance(0.5), times: dice.int(1, 2) };
    case 'late':
      return { kind: 'late', by: dice.pick([3, 333, 7_777]), times: 1 };
  }
}
