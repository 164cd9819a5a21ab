import { parseDuration } from '@tramline/core/ops';
import { usageError } from '../exit.js';

/** Milliseconds of a duration such as `10m`. @throws CliError that names the option */
export function duration(option: string, text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw usageError(`${option} is "${text}": give a duration such as 30s, 10m, 2h, 7d.`);
}
