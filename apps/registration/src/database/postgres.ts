import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import type { OutboxProvider } from '@tramline/nest';
import { kysely } from '@tramline/outbox/kysely';
import { emailKey, EmailTakenError, type User } from '../users/user.js';
import type { UsersStore } from '../users/users.store.js';
import type { Database } from './database.js';
import { openPool } from './open-pool.js';

interface Tables {
  users: {
    user_id: string;
    name: string;
    email: string;
    email_key: string;
    phone: string;
    registered_at: string;
  };
}

/** Ours, with Tramline's tables beside ours: other services may use the same database. */
const SCHEMA = 'registration';

/** PostgreSQL, through Kysely. */
export class PostgresDatabase implements Database<Transaction<Tables>> {
  readonly outbox: OutboxProvider<Transaction<Tables>>;
  readonly users: UsersStore<Transaction<Tables>>;

  private constructor(private readonly db: Kysely<Tables>) {
    // #region outbox
    const tables = { schema: SCHEMA };
    this.outbox = kysely(db, { dialect: 'postgres', tables, autoCreate: true, relay: { lease: '5s' } });
    // #endregion
    this.users = new PostgresUsers(db);
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

class PostgresUsers implements UsersStore<Transaction<Tables>> {
  constructor(private readonly db: Kysely<Tables>) {}

  async add(tx: Transaction<Tables>, { userId, name, email, phone, registeredAt }: User): Promise<void> {
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('users')
      .values({
        ...{ user_id: userId, name, email, email_key: emailKey(email) },
        ...{ phone, registered_at: registeredAt },
      })
      .onConflict((conflict) => conflict.column('email_key').doNothing())
      .executeTakeFirstOrThrow();
    if (numInsertedOrUpdatedRows === 0n) throw new EmailTakenError(email);
  }

  find(userId: string): Promise<User | undefined> {
    return this.db
      .selectFrom('users')
      .select(['user_id as userId', 'name', 'email', 'phone', 'registered_at as registeredAt'])
      .where('user_id', '=', userId)
      .executeTakeFirst();
  }
}

async function createTables(db: Kysely<Tables>): Promise<void> {
  await db.transaction().execute(async (tx) => {
    // IF NOT EXISTS alone fails when two processes do it at the same time.
    await sql`SELECT pg_advisory_xact_lock(hashtext(${SCHEMA}))`.execute(tx);
    await tx.schema.createSchema(SCHEMA).ifNotExists().execute();
    await tx.schema
      .createTable('users')
      .ifNotExists()
      .addColumn('user_id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('email', 'text', (column) => column.notNull())
      .addColumn('email_key', 'text', (column) => column.notNull().unique())
      .addColumn('phone', 'text', (column) => column.notNull())
      .addColumn('registered_at', 'text', (column) => column.notNull())
      .execute();
  });
}
