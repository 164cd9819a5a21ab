import type { Rec } from './model.ts';

/** Virtual time knows fractions, headers do not. */
const ROUNDING_MS = 1;

/**
 * Whether a record of a tier is let go too early: before its due time by the wall clock, and before its tier's delay has
 * passed since it was written. When the wall clock was set meanwhile nothing can be said.
 */
export function isEarly(rec: Rec, now: number, monotonic: number, jumps: number): boolean {
  if (rec.kind !== 'tier' || rec.jumps !== jumps) return false;
  return now < rec.due - ROUNDING_MS && monotonic - rec.monotonic < rec.tierMs - ROUNDING_MS;
}
