import { ConfigurationError } from '@tramline/core';
import type { TableOptions } from './tables.js';

/** What SQL takes for a name in any letter case when it is quoted, on both databases. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** PostgreSQL cuts names at 63 bytes; the longest of ours after the prefix is `outbox_pending`. */
const LONGEST_SCHEMA = 63;
const LONGEST_PREFIX = 40;

export const DEFAULT_PREFIX = 'tramline_';

/** What is wrong with where the tables are to be, one sentence each. Their names become part of statements. */
export function tableFaults({ schema, prefix }: TableOptions): readonly string[] {
  const faults: string[] = [];
  if (schema !== undefined && !isName(schema, LONGEST_SCHEMA))
    faults.push(`tables.schema is ${JSON.stringify(schema)}; ${allowed(LONGEST_SCHEMA)}`);
  if (prefix !== undefined && prefix !== '' && !isName(prefix, LONGEST_PREFIX))
    faults.push(`tables.prefix is ${JSON.stringify(prefix)}; ${allowed(LONGEST_PREFIX)}`);
  return faults;
}

/** @throws ConfigurationError with all faults at once */
export function checkTables(tables: TableOptions): void {
  const faults = tableFaults(tables);
  if (faults.length > 0) throw new ConfigurationError(faults);
}

/** One of Tramline's names, quoted; with its schema where one was given. */
export function quoted(name: string, { prefix = DEFAULT_PREFIX, schema }: TableOptions): string {
  return schema === undefined ? `"${prefix}${name}"` : `"${schema}"."${prefix}${name}"`;
}

const isName = (value: unknown, longest: number): boolean =>
  typeof value === 'string' && NAME.test(value) && value.length <= longest;

const allowed = (longest: number): string =>
  `it may have letters, digits and _, may not begin with a digit, and has at most ${longest} characters.`;
