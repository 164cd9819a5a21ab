import { parseDuration } from '@tramline/core/ops';
import type { WallClock } from '../env.js';
import { usageError } from '../exit.js';

/** A time, or how long ago it was. @throws CliError that names the option */
export function pointInTime(option: string, text: string, clock: WallClock): Date {
  const ago = parseDuration(text);
  if (ago !== undefined) return new Date(clock.now() - ago);
  const time = /^\d{4}-\d\d-\d\d(T|$)/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(time)) return new Date(time);
  throw usageError(
    `${option} is "${text}": give a duration such as 10m, or a time such as 2026-01-31T12:00:00Z.`,
  );
}
