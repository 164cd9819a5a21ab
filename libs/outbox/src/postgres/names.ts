import { quoted } from '../sql/identifier.js';
import type { TableOptions } from '../sql/tables.js';

/** The tables by their names in this database, quoted, and expressions that statements share. */
export interface Names {
  readonly outbox: string;
  readonly scheduled: string;
  readonly held: string;
  readonly lease: string;
  readonly relay: string;
  readonly inbox: string;
  readonly migrations: string;
  /** The function that reads a page. */
  readonly pending: string;
  /** The function that notes what was sent. */
  readonly settle: string;
  /** The functions that write: one event, several. */
  readonly publish: string;
  readonly publishAll: string;
  /** The sequence of outbox ids. */
  readonly ids: string;
  /** Draws the next id. */
  readonly nextId: string;
  /**
   * The class of our advisory locks: the identity of the table itself, so that it is the same however a service spells the
   * table's name, and another for each outbox. Object 0 of it is the outbox; others are keys.
   */
  readonly lockClass: string;
}

export function names(tables: TableOptions): Names {
  const outbox = quoted('outbox', tables);
  const ids = quoted('outbox_id', tables);
  return {
    outbox,
    scheduled: quoted('scheduled', tables),
    held: quoted('held', tables),
    lease: quoted('lease', tables),
    relay: quoted('relay', tables),
    inbox: quoted('inbox', tables),
    migrations: quoted('migrations', tables),
    pending: quoted('pending', tables),
    settle: quoted('settle', tables),
    publish: quoted('publish', tables),
    publishAll: quoted('publish_all', tables),
    ids,
    nextId: `nextval('${ids}'::regclass)`,
    lockClass: `'${outbox}'::regclass::oid::int4`,
  };
}
