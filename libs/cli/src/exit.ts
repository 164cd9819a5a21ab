import { ClosedPipeError, InterruptedError } from './env.js';

/** What the exit code of `tramline` says. Documented in docs/cli.md; scripts rely on it. */
export const EXIT = {
  ok: 0,
  /** It was tried and did not succeed. */
  failure: 1,
  /** The command line or the configuration cannot be understood; nothing was tried. */
  usage: 2,
  /** The broker or the database cannot be reached; the same command may work later. */
  unreachable: 3,
  /** Refused: by us for safety's sake (no `--yes`, members are active), or by broker or database (rights, credentials, no such database). */
  refused: 4,
} as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** A command cannot go on. The message names the fix; no stack trace is shown. */
export class CliError extends Error {
  override readonly name = 'CliError';

  /**
   * @param code - stable, for programs
   * @param faults - single faults behind the message, each a sentence
   */
  constructor(
    readonly code: `TRAMLINE_${string}`,
    message: string,
    readonly exit: Exit = EXIT.failure,
    options: ErrorOptions & { readonly faults?: readonly string[] } = {},
  ) {
    super(message, options);
    this.faults = options.faults ?? [];
  }

  readonly faults: readonly string[];
}

/** The command line asks for something that does not exist or does not fit together. */
export const usageError = (message: string): CliError => new CliError('TRAMLINE_USAGE', message, EXIT.usage);

/** Codes of Tramline's errors that mean something else than `failure`. */
const EXIT_OF_CODE: Readonly<Record<string, Exit>> = {
  TRAMLINE_AWAY: EXIT.unreachable,
  TRAMLINE_PUBLISH_TIMEOUT: EXIT.unreachable,
  TRAMLINE_REFUSED: EXIT.refused,
  TRAMLINE_GROUP_ACTIVE: EXIT.refused,
  TRAMLINE_OPS_REFUSED: EXIT.refused,
  TRAMLINE_OUTBOX_RIGHTS: EXIT.refused,
  TRAMLINE_CONFIGURATION: EXIT.usage,
};

/** Codes of sockets and of PostgreSQL that say the database or broker is not there. */
const AWAY =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|57P0[1-3]|08\d{3})$/;
/** Those of PostgreSQL that say we may not: wrong credentials, no such database, no right. */
const DENIED = /^(28[\dP]\d\d|3D000|42501)$/;
/** What the library pg says without a code: its own deadlines, and a password that it was not given. */
const AWAY_TEXT = /^(timeout exceeded when trying to connect|Connection terminated)/;
const DENIED_TEXT = /^SASL: /;

/** What somebody is told of an error. */
export interface Report {
  readonly code: string;
  readonly message: string;
  readonly faults: readonly string[];
  readonly exit: Exit;
}

/** Judges anything that was thrown. Undefined: it is no failure, and nothing is to be said. */
export function reportOf(thrown: unknown): Report | undefined {
  if (thrown instanceof ClosedPipeError) return undefined;
  const { code, message, faults, exit } = (thrown ?? {}) as Partial<Record<keyof Report, unknown>>;
  const text = typeof message === 'string' && message !== '' ? message : deepest(thrown);
  const list = Array.isArray(faults)
    ? faults.map((fault) => (typeof fault === 'string' ? fault : described(fault)))
    : [];
  if (thrown instanceof InterruptedError)
    return { code: 'TRAMLINE_INTERRUPTED', message: text, faults: [], exit: EXIT.failure };
  const name = typeof code === 'string' ? code : 'TRAMLINE_FAILED';
  return {
    code: name.startsWith('TRAMLINE_') ? name : 'TRAMLINE_FAILED',
    message: text,
    faults: list,
    exit: thrown instanceof CliError ? (exit as Exit) : exitOf(name, thrown),
  };
}

function exitOf(code: string, thrown: unknown): Exit {
  const known = EXIT_OF_CODE[code];
  if (known !== undefined) return known;
  const { message, cause, driverError, errors } = (thrown ?? {}) as {
    readonly message?: unknown;
    readonly cause?: unknown;
    /** Of TypeORM. */
    readonly driverError?: unknown;
    readonly errors?: readonly unknown[];
  };
  const text = typeof message === 'string' ? message : '';
  if (AWAY.test(code) || AWAY_TEXT.test(text)) return EXIT.unreachable;
  if (DENIED.test(code) || DENIED_TEXT.test(text)) return EXIT.refused;
  // Libraries above pg, and several addresses of one host, wrap what was said.
  const inner = errors?.[0] ?? driverError ?? cause;
  if (inner === undefined || inner === null) return EXIT.failure;
  return exitOf(String((inner as { readonly code?: unknown }).code), inner);
}

/** An AggregateError of a refused connection has no message of its own. */
function deepest(thrown: unknown): string {
  const inner = (thrown as { errors?: unknown[] } | null)?.errors?.[0];
  if (inner instanceof Error) return inner.message;
  return thrown instanceof Error ? thrown.name : String(thrown);
}

function described(fault: unknown): string {
  const { path, message } = (fault ?? {}) as { path?: string; message?: string };
  return path ? `${path}: ${message}` : String(message);
}
