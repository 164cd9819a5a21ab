import { ConfigurationError, parseDuration, type Duration } from '@tramline/core';
import { isBuiltin } from 'node:module';
import { resolve } from 'node:path';
import type { Settings } from './wire/messages.js';

/** Where and how the log is kept. Every process of one system names the same directory. */
export interface EmbeddedOptions {
  /** Where the log lies; made when missing. On a local disk: see `allowNetworkFileSystem`. */
  readonly directory: string;
  /**
   * Partitions of topics that are created without a number, 1 to 1000. More let more processes share the work of a group;
   * each costs a little memory and disk. Default 6.
   */
  readonly partitions?: number;
  /**
   * How long records of topics created without a time of their own stay at least; `null`: for ever. A number is
   * milliseconds, a text names its unit: `'7d'`, `'12h'`. At least one minute. A topic keeps what it was created with.
   * Default 7d.
   */
  readonly retention?: Duration | null;
  /** The largest record of topics created without a limit of their own: bytes of key, value and headers. Default 1 MiB. */
  readonly maxRecordBytes?: number;
  /**
   * How long a write waits for other processes that write, before it fails as TRAMLINE_AWAY: milliseconds, or a text
   * with a unit, such as `'30s'`. Raise it on slow disks. Default 10s.
   */
  readonly busyTimeout?: Duration;
  /**
   * Lets the log lie on a network file system (NFS, SMB, FUSE, …). SQLite's locks do not hold between machines there:
   * only for a directory that a single machine uses. Default false.
   */
  readonly allowNetworkFileSystem?: boolean;
}

export interface TopicDefaults {
  readonly partitions: number;
  readonly retentionMs: number | null;
  readonly maxRecordBytes: number;
}

const KNOWN: ReadonlySet<string> = new Set([
  'directory',
  'partitions',
  'retention',
  'maxRecordBytes',
  'busyTimeout',
  'allowNetworkFileSystem',
] satisfies (keyof EmbeddedOptions)[]);

/** Shorter is a slip of units, and would delete events before their handlers come to them. */
const LEAST_RETENTION_MS = 60_000;

/** @throws ConfigurationError with all faults at once */
export function checkOptions(options: EmbeddedOptions): { settings: Settings; defaults: TopicDefaults } {
  // JavaScript callers leave them out, or give the directory alone.
  if (typeof options !== 'object' || (options as unknown) === null) {
    throw new ConfigurationError([
      `embedded(): options are ${show(options)}. Name a directory for the log: embedded({ directory: ".tramline" }).`,
    ]);
  }
  const {
    directory,
    partitions = 6,
    retention = '7d',
    maxRecordBytes = 1024 * 1024,
    busyTimeout = '10s',
  } = options;
  const { allowNetworkFileSystem = false } = options;
  const faults: string[] = [];
  const expect = (holds: boolean, fault: string) => void (holds || faults.push(`embedded(): ${fault}`));

  expect(
    isBuiltin('node:sqlite'),
    `Node ${process.versions.node} has no node:sqlite. Use Node 22.13 or newer.`,
  );
  for (const name of Object.keys(options)) {
    expect(KNOWN.has(name), `unknown option "${name}". Known are ${[...KNOWN].join(', ')}.`);
  }
  expect(
    typeof directory === 'string' && directory.trim() !== '',
    `directory is ${show(directory)}. Name a directory for the log, such as ".tramline".`,
  );
  expect(
    Number.isInteger(partitions) && partitions >= 1 && partitions <= 1000,
    `partitions is ${show(partitions)}. Give a whole number from 1 to 1000.`,
  );
  const retentionMs = retention === null ? null : parseDuration(retention);
  const retentionFault = faultOfRetention(retention, retentionMs);
  expect(retentionFault === undefined, `retention is ${retentionFault}`);
  expect(
    Number.isInteger(maxRecordBytes) && maxRecordBytes >= 1 && maxRecordBytes <= 512 * 1024 * 1024,
    `maxRecordBytes is ${show(maxRecordBytes)}. Give a whole number from 1 to 536870912.`,
  );
  const busyTimeoutMs = parseDuration(busyTimeout);
  expect(
    busyTimeoutMs !== undefined && busyTimeoutMs > 0,
    `busyTimeout is ${show(busyTimeout)}. Give a duration such as "10s".`,
  );
  expect(
    typeof allowNetworkFileSystem === 'boolean',
    `allowNetworkFileSystem is ${show(allowNetworkFileSystem)}. Give true or false.`,
  );
  if (faults.length > 0) throw new ConfigurationError(faults);
  return {
    settings: { directory: resolve(directory), allowNetworkFileSystem, busyTimeoutMs: busyTimeoutMs! },
    defaults: { partitions, retentionMs: retentionMs!, maxRecordBytes },
  };
}

function faultOfRetention(given: unknown, ms: number | null | undefined): string | undefined {
  if (ms === undefined) return `${show(given)}. Give a duration such as "7d", or null to keep everything.`;
  if (ms === null || ms >= LEAST_RETENTION_MS) return undefined;
  // Nobody keeps events for years by mistake: what is no number of days was meant as seconds.
  const meant =
    typeof given === 'number' && ms > 0
      ? `: ${ms} is ${ms} ms; did you mean "${ms}${ms > 366 ? 's' : 'd'}"?`
      : '.';
  return `${show(given)}${meant} Give at least "1m", or null to keep everything.`;
}

function show(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : String(value);
}
