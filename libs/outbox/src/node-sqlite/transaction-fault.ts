import type { DatabaseSync } from 'node:sqlite';

/** Why one cannot write to the outbox of the file `path` with `tx`; undefined: one can. */
export function transactionFault(tx: unknown, path: string): string | undefined {
  if (!isDatabase(tx)) return `What was given as transaction is no DatabaseSync of node:sqlite. ${USE}`;
  if (!tx.isOpen) return `The connection that was given as transaction is closed. ${USE}`;
  const file = tx.location();
  if (file !== path)
    return `The transaction belongs to ${file ?? 'a database in memory'}, and the outbox to ${path}. Both must be one file.`;
  if (!tx.isTransaction)
    return `The connection that was given has no open transaction: it was not begun, or has ended. ${USE}`;
  return undefined;
}

const USE =
  'Use outbox.transaction(async (tx) => { … await outbox.publish(tx, …) }), or run BEGIN IMMEDIATE on your connection first.';

function isDatabase(value: unknown): value is DatabaseSync {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<DatabaseSync>).prepare === 'function' &&
    typeof (value as Partial<DatabaseSync>).location === 'function'
  );
}
