import { Kysely, PostgresDialect, sql, type Generated, type Transaction } from 'kysely';
import type { OutboxProvider } from '@tramline/nest';
import { kysely } from '@tramline/outbox/kysely';
import type { Entry, Ledger } from '../ledger/ledger.js';
import type { Database } from './database.js';
import { openPool } from './open-pool.js';

interface Tables {
  ledger: { position: Generated<string>; user_id: string; points: number; reason: string; at: string };
}

/** Ours, with Tramline's tables beside ours: other services may use the same database. */
const SCHEMA = 'points';

/** PostgreSQL, through Kysely. */
export class PostgresDatabase implements Database<Transaction<Tables>> {
  readonly outbox: OutboxProvider<Transaction<Tables>>;
  readonly ledger: Ledger<Transaction<Tables>>;

  private constructor(private readonly db: Kysely<Tables>) {
    const tables = { schema: SCHEMA };
    this.outbox = kysely(db, { dialect: 'postgres', tables, autoCreate: true, relay: { lease: '5s' } });
    this.ledger = new PostgresLedger(db);
  }

  static async open(url: string): Promise<PostgresDatabase> {
    const dialect = new PostgresDialect({ pool: openPool(url) });
    const db = new Kysely<Tables>({ dialect }).withSchema(SCHEMA);
    await createTables(db);
    return new PostgresDatabase(db);
  }

  close(): Promise<void> {
    return this.db.destroy();
  }
}

class PostgresLedger implements Ledger<Transaction<Tables>> {
  constructor(private readonly db: Kysely<Tables>) {}

  async add(tx: Transaction<Tables>, userId: string, points: number, reason: string): Promise<void> {
    const entry = { user_id: userId, points, reason, at: new Date().toISOString() };
    await tx.insertInto('ledger').values(entry).execute();
  }

  entries(userId: string): Promise<Entry[]> {
    return this.db
      .selectFrom('ledger')
      .select(['points', 'reason', 'at'])
      .where('user_id', '=', userId)
      .orderBy('position')
      .execute();
  }
}

async function createTables(db: Kysely<Tables>): Promise<void> {
  await db.transaction().execute(async (tx) => {
    // IF NOT EXISTS alone fails when two processes do it at the same time.
    await sql`SELECT pg_advisory_xact_lock(hashtext(${SCHEMA}))`.execute(tx);
    await tx.schema.createSchema(SCHEMA).ifNotExists().execute();
    await tx.schema
      .createTable('ledger')
      .ifNotExists()
      .addColumn('position', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('points', 'integer', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('at', 'text', (column) => column.notNull())
      .execute();
    await tx.schema.createIndex('ledger_user').ifNotExists().on('ledger').column('user_id').execute();
  });
}
