import { usageError } from '../exit.js';

/** A whole number of at least `least`. @throws CliError that names the option */
export function wholeNumber(option: string, text: string, least = 0): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (value >= least) return value;
  throw usageError(`${option} is "${text}": give a whole number from ${least}.`);
}

/** `name=value` pairs, as in `--header trace=off --header tenant=a`. @throws CliError */
export function pairs(option: string, texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw usageError(`${option} is "${text}": give name=value.`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
