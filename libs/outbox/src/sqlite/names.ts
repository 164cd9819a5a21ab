/** The tables and indexes by their names in this database, quoted. */
export interface Names {
  readonly outbox: string;
  readonly pending: string;
  readonly dead: string;
  readonly sent: string;
  readonly scheduled: string;
  readonly held: string;
  readonly lease: string;
  readonly relay: string;
  readonly inbox: string;
  readonly migrations: string;
  /** The outbox as `sqlite_sequence` names it. */
  readonly sequence: string;
}

export function names(prefix: string): Names {
  const quoted = (name: string) => `"${prefix}${name}"`;
  return {
    outbox: quoted('outbox'),
    pending: quoted('outbox_pending'),
    dead: quoted('outbox_dead'),
    sent: quoted('outbox_sent'),
    scheduled: quoted('scheduled'),
    held: quoted('held'),
    lease: quoted('lease'),
    relay: quoted('relay'),
    inbox: quoted('inbox'),
    migrations: quoted('migrations'),
    sequence: `${prefix}outbox`,
  };
}

/** Now by the database's clock, milliseconds since 1970. The same throughout a statement. */
export const NOW = `CAST(round(unixepoch('subsec') * 1000) AS INTEGER)`;
