import { parseArgs } from 'node:util';
import { parseDuration } from '@tramline/core';

/** What may be taken away in the middle, beside the processes, which always die. */
export const FAULTS = ['broker', 'database'] as const;
export type FaultName = (typeof FAULTS)[number];

export interface SoakOptions {
  readonly database: 'sqlite' | 'postgres';
  readonly transport: 'embedded' | 'kafka';
  /** Every tenth is rolled back. */
  readonly registrations: number;
  readonly writers: number;
  /** Over which time the registrations are spread; they may take longer. */
  readonly spreadMs: number;
  /** Between two kills of a relay. */
  readonly killEveryMs: number;
  readonly faults: readonly FaultName[];
  /** How long the broker is away. */
  readonly awayMs: number;
}

/** The other thing that can be asked for. */
export interface LongTransactionOptions {
  readonly longTransactionMs: number;
  /** Rows a second. */
  readonly rate: number;
}

export const DEFAULTS: SoakOptions = {
  database: 'sqlite',
  transport: 'embedded',
  registrations: 10_000,
  writers: 32,
  spreadMs: 60_000,
  killEveryMs: 3_000,
  faults: [],
  awayMs: 60_000,
};

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `Usage: npm run soak:outbox -- [options]

Registers users with an event each in one transaction, from many writers at once, while processes are killed with SIGKILL:
two relays in turn, twice the service that writes, twice the service that gives points. Then checks that every committed event
arrived and no other, in the order of commit for each key, and that everybody has exactly 100 points.

  --database sqlite|postgres      (default sqlite)
  --transport embedded|kafka      (default embedded); kafka starts a broker of its own
  --registrations <n>             (default 10000); every tenth is rolled back
  --writers <n>                   how many at once (default 32)
  --spread <duration>             the time over which they come (default 60s, with a broker away longer)
  --kill-every <duration>         between two kills of a relay (default 3s)
  --faults broker,database        also takes away, in the middle: the broker, for --away; the database, twice
  --away <duration>               (default 60s)

  --long-transaction <duration>   instead: one unrelated write transaction stays open for so long on PostgreSQL
  --rate <n>                      events a second meanwhile (default 5000)
  --help

Exit code 0: nothing was violated; 1: something was; 2: the command line makes no sense.
`;

/** @throws UsageError */
export function parseOptions(args: readonly string[]): SoakOptions | LongTransactionOptions | 'help' {
  const given = parse(args);
  if (given.help) return 'help';
  const { killEveryMs } = DEFAULTS;
  const awayMs = duration('away', given.away, DEFAULTS.awayMs);
  if (given['long-transaction'] !== undefined)
    return {
      longTransactionMs: duration('long-transaction', given['long-transaction'], 0),
      rate: whole('rate', given.rate ?? '5000'),
    };
  const faults = (given.faults?.split(',') ?? []).map((name) => oneOf('faults', name, FAULTS));
  // So that there is something to write all the while, and afterwards.
  const spreadMs = DEFAULTS.spreadMs + (faults.includes('broker') ? 2 * awayMs : 0);
  return {
    database: oneOf('database', given.database ?? DEFAULTS.database, ['sqlite', 'postgres']),
    transport: oneOf('transport', given.transport ?? DEFAULTS.transport, ['embedded', 'kafka']),
    registrations: whole('registrations', given.registrations ?? `${DEFAULTS.registrations}`),
    writers: whole('writers', given.writers ?? `${DEFAULTS.writers}`),
    spreadMs: duration('spread', given.spread, spreadMs),
    killEveryMs: duration('kill-every', given['kill-every'], killEveryMs),
    faults,
    awayMs,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...{
          database: text,
          transport: text,
          registrations: text,
          writers: text,
          spread: text,
          faults: text,
        },
        ...{
          away: text,
          'kill-every': text,
          'long-transaction': text,
          rate: text,
          help: { type: 'boolean' },
        },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function oneOf<T extends string>(name: string, value: string, choice: readonly T[]): T {
  const found = choice.find((one) => one === value);
  if (found !== undefined) return found;
  throw new UsageError(`--${name} is "${value}": give ${choice.join(' or ')}`);
}

function whole(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`--${name} is "${text}": give a whole number from 1`);
}

function duration(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new UsageError(`--${name} is "${text}": give a duration such as 30s or 10m`);
}
