import { types } from 'node:util';

/**
 * The root of every error that Tramline throws on purpose. `code` is stable across versions and meant for programs;
 * `message` names the fix and is meant for people.
 */
export abstract class TramlineError extends Error {
  abstract readonly code: `TRAMLINE_${string}`;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** One or more faults in what the caller configured. All of them are listed at once, each with its place and its fix. */
export class ConfigurationError extends TramlineError {
  readonly code = 'TRAMLINE_CONFIGURATION';

  /** @param faults - one sentence each: the place, the offending value, the fix */
  constructor(readonly faults: readonly string[]) {
    super(
      faults.length === 1
        ? faults[0]!
        : `${faults.length} faults in the configuration:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
  }
}

/** The call came after the bus, the transport or the membership was closed. */
export class ClosedError extends TramlineError {
  readonly code = 'TRAMLINE_CLOSED';
  /** For publishers: nothing was written. */
  readonly outcome = 'not-written';

  constructor(what: string) {
    super(`${what} is closed. Call it before the application shuts down, or create a new one.`);
  }
}

/** Renders anything that was thrown as an Error, so that handlers may throw strings, undefined or frozen objects. */
export function asError(thrown: unknown): Error {
  // The second: of another realm, as Node's own errors are where Jest runs the tests.
  // oxlint-disable-next-line no-deprecated -- Error.isError comes with Node 24, and we run from 20 on
  if (thrown instanceof Error || types.isNativeError(thrown)) return thrown;
  let text: string;
  try {
    text = typeof thrown === 'string' ? thrown : (JSON.stringify(thrown) ?? String(thrown));
  } catch {
    text = Object.prototype.toString.call(thrown);
  }
  const error = new Error(text, { cause: thrown });
  error.name = 'NonError';
  return error;
}
