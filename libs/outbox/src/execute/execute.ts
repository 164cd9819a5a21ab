import { ConfigurationError, type OutboxProvider } from '@tramline/core';
import type { OutboxOptions } from '../backend/options.js';
import { provide } from '../backend/provide.js';
import { migrate } from '../migrate/migrate.js';
import { postgresStore } from '../postgres/postgres-store.js';
import { ExecuteClient, type Library } from './execute-client.js';

/**
 * Outbox and inbox in PostgreSQL through any library that can run a statement in a transaction.
 * @throws ConfigurationError with every fault of the options
 */
export function execute<Tx>(library: Library<Tx>, options: OutboxOptions = {}): OutboxProvider<Tx> {
  // JavaScript callers.
  const missing = (['execute', 'transaction'] as const).filter(
    (name) => typeof library?.[name] !== 'function',
  );
  if (missing.length > 0)
    throw new ConfigurationError(missing.map((name) => `outbox: give a function '${name}'; see Library.`));
  return provide(
    library.name ?? 'execute',
    (tables) => {
      const client = new ExecuteClient(library);
      return { store: postgresStore(client, tables), migrate: () => migrate(client, tables) };
    },
    options,
  );
}
