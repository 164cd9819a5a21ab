import { DEFAULT_PREFIX, quoted } from '../sql/identifier.js';
import type { TableOptions } from '../sql/tables.js';

/** The tables and indexes by their names in this database, quoted. */
export interface Names {
  readonly outbox: string;
  readonly pending: string;
  readonly dead: string;
  readonly scheduled: string;
  readonly held: string;
  readonly lease: string;
  readonly relay: string;
  readonly inbox: string;
  readonly migrations: string;
  /** The outbox as `sqlite_sequence` names it. */
  readonly sequence: string;
}

/** The schema counts for nothing: a file has one. */
export function names({ prefix = DEFAULT_PREFIX }: TableOptions): Names {
  const named = (name: string) => quoted(name, { prefix });
  return {
    outbox: named('outbox'),
    pending: named('outbox_pending'),
    dead: named('outbox_dead'),
    scheduled: named('scheduled'),
    held: named('held'),
    lease: named('lease'),
    relay: named('relay'),
    inbox: named('inbox'),
    migrations: named('migrations'),
    sequence: `${prefix}outbox`,
  };
}

/** Now by the database's clock, milliseconds since 1970. The same throughout a statement. */
export const NOW = `CAST(round(unixepoch('subsec') * 1000) AS INTEGER)`;
