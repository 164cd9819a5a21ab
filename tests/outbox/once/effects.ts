import type { DatabaseSync } from 'node:sqlite';
import type { Observation } from '@tramline/core';
import type { ClientBase } from 'pg';
import type { OutboxDatabase } from '../support/outbox-database.ts';
import type { Service } from '../support/world.ts';

/** One statement in the transaction of a handler, whichever database it is of. */
export async function write(tx: unknown, sql: string): Promise<void> {
  if (isSqlite(tx)) tx.exec(sql);
  else await (tx as ClientBase).query(sql);
}

function isSqlite(tx: unknown): tx is DatabaseSync {
  return typeof (tx as Partial<DatabaseSync>).exec === 'function';
}

/** The table that handlers of these specs write to. */
export async function createEffects(database: OutboxDatabase): Promise<void> {
  await database.run('CREATE TABLE effects (event_id text NOT NULL, n integer NOT NULL)');
}

/** What a handler does in these specs: a row, which tells how often it was done. */
export function effect(tx: unknown, eventId: string, n: number): Promise<void> {
  return write(tx, `INSERT INTO effects VALUES ('${eventId}', ${n})`);
}

/** The numbers of all effects, sorted. */
export async function effects(database: OutboxDatabase): Promise<number[]> {
  return (await database.run('SELECT n FROM effects ORDER BY n')).map(({ n }) => Number(n));
}

/** The ids of events that the inbox remembers, sorted. */
export async function remembered(database: OutboxDatabase): Promise<string[]> {
  const rows = await database.run('SELECT event_id FROM tramline_inbox ORDER BY event_id');
  return rows.map((row) => String(row['event_id']));
}

export function seen<Kind extends Observation['kind']>({ seen: all }: Service, kind: Kind) {
  return all.filter((one): one is Extract<Observation, { kind: Kind }> => one.kind === kind);
}
