import { ConfigurationError, formatDuration, parseDuration, type Duration } from '@tramline/core';
import { tableFaults } from '../sql/identifier.js';
import type { TableOptions } from '../sql/tables.js';

/** What can be said of an outbox, the same for every database and library. */
export interface OutboxOptions {
  /**
   * Whether this process moves rows to the broker, and how. false: others do, such as `tramline relay`; without any relay
   * nothing is published. Default true.
   */
  readonly relay?: boolean | RelayOptions;
  /** What the inbox remembers of handlers with `once: true`. */
  readonly inbox?: InboxOptions;
  /** Where the tables are. */
  readonly tables?: TableOptions;
  /**
   * Keep rows this long after they were sent, to look at: the table grows by as much. Default: rows are deleted as soon as
   * the broker has them.
   */
  readonly retention?: Duration;
  /**
   * Make missing tables, and bring older ones up to date, at start: for development and tests, since the database user
   * needs the right to. Default false: a start without tables is refused.
   */
  readonly autoCreate?: boolean;
}

export interface RelayOptions {
  /**
   * How long a relay that says nothing keeps its part of the rows. Others take over after this time when its process dies;
   * a process that stands still for longer may repeat its last flights. At least 3s. Default 15s.
   */
  readonly lease?: Duration;
}

export interface InboxOptions {
  /**
   * How long an effect is remembered at least. Longer than any publisher, relay or redrive may repeat an event, or its effect
   * happens twice. Default 7d.
   */
  readonly keep?: Duration;
}

/** {@link OutboxOptions} with every default in place. */
export interface OutboxSettings {
  /** null: this process does not relay. */
  readonly relay: { readonly leaseMs: number } | null;
  readonly keepMs: number;
  readonly retentionMs: number | null;
  readonly tables: TableOptions;
  readonly autoCreate: boolean;
}

const SHORTEST_LEASE_MS = 3_000;

const OUTBOX: Record<keyof OutboxOptions, true> = {
  relay: true,
  inbox: true,
  tables: true,
  retention: true,
  autoCreate: true,
};
const RELAY: Record<keyof RelayOptions, true> = { lease: true };
const INBOX: Record<keyof InboxOptions, true> = { keep: true };
const TABLES: Record<keyof TableOptions, true> = { schema: true, prefix: true };

/** Puts the defaults in place. @throws ConfigurationError with every fault */
export function outboxSettings(options: OutboxOptions): OutboxSettings {
  const faults: string[] = [];
  const { relay = true, inbox = {}, tables = {}, retention, autoCreate = false } = options;
  unknownNames('outbox', options, OUTBOX, faults);
  unknownNames('outbox.inbox', inbox, INBOX, faults);
  unknownNames('outbox.tables', tables, TABLES, faults);
  if (typeof relay === 'object') unknownNames('outbox.relay', relay, RELAY, faults);
  else if (typeof relay !== 'boolean')
    faults.push(
      `outbox.relay is ${JSON.stringify(relay)}; give true, false or { lease: '15s' }. What comes from the environment is text: compare it.`,
    );
  if (typeof autoCreate !== 'boolean')
    faults.push(`outbox.autoCreate is ${JSON.stringify(autoCreate)}; give true or false.`);
  const { lease = '15s' } = typeof relay === 'object' && relay !== null ? relay : {};
  const leaseMs = duration('outbox.relay.lease', lease, SHORTEST_LEASE_MS, faults);
  const keepMs = duration('outbox.inbox.keep', inbox?.keep ?? '7d', 1, faults);
  const retentionMs = retention === undefined ? null : duration('outbox.retention', retention, 1, faults);
  faults.push(...tableFaults(tables ?? {}).map((fault) => `outbox.${fault}`));
  if (faults.length > 0) throw new ConfigurationError(faults);
  return { relay: relay === false ? null : { leaseMs }, keepMs, retentionMs, tables, autoCreate };
}

/** What is wrong with them, for entry points that have options of their own and tell all faults at once. */
export function outboxFaults(options: OutboxOptions): readonly string[] {
  try {
    outboxSettings(options);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
}

function duration(place: string, value: unknown, least: number, faults: string[]): number {
  const ms = parseDuration(value);
  if (ms !== undefined && ms >= least) return ms;
  faults.push(
    `${place} is ${JSON.stringify(value)}. Give a duration of at least ${formatDuration(least)}, such as '15s' or '7d'.`,
  );
  return least;
}

function unknownNames(
  place: string,
  given: unknown,
  known: Readonly<Record<string, true>>,
  faults: string[],
): void {
  if (typeof given !== 'object' || given === null) {
    faults.push(`${place} is ${JSON.stringify(given)}; give an object, or leave it out.`);
    return;
  }
  for (const name of Object.keys(given))
    if (!Object.hasOwn(known, name))
      faults.push(`${place}: unknown option '${name}'. Known: ${Object.keys(known).join(', ')}.`);
}
