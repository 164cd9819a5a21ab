import type { OutboxProvider } from '@tramline/core';
import { provide } from '../backend/provide.js';
import { migrate } from '../migrate/migrate.js';
import { postgresStore } from '../postgres/postgres-store.js';
import { prismaSettings, type PrismaOptions } from './options.js';
import { PrismaSqlClient, type PrismaDatabase, type PrismaTransaction } from './prisma-client.js';

/**
 * Outbox and inbox in PostgreSQL through Prisma. A transaction is what an interactive transaction is given:
 * `await prisma.$transaction(async (tx) => { … await outbox.publish(tx, UserRegistered, payload); })`. The list form,
 * `prisma.$transaction([…])`, has none.
 * @param client - stays yours: disconnect it after the application has stopped
 * @throws ConfigurationError with every fault of the options
 */
export function prisma<Client extends PrismaDatabase>(
  client: Client,
  options: PrismaOptions = {},
): OutboxProvider<PrismaTransaction<Client>> {
  const { limits, common } = prismaSettings(client, options);
  return provide(
    'prisma',
    (tables) => {
      const sql = new PrismaSqlClient(client, limits);
      return { store: postgresStore(sql, tables), migrate: () => migrate(sql, tables) };
    },
    common,
  );
}
