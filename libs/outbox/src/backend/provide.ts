import type { OutboxProvider } from '@tramline/core';
import type { OpenStore } from './open-store.js';
import { outboxSettings, type OutboxOptions } from './options.js';
import { StoreBackend } from './store-backend.js';

/**
 * What `pg(pool)`, `typeorm(dataSource)` … return. Opens nothing.
 * @param name - of the entry point, for messages
 * @throws ConfigurationError with every fault of the options
 */
export function provide<Tx>(
  name: string,
  openStore: OpenStore<Tx>,
  options: OutboxOptions = {},
): OutboxProvider<Tx> {
  const settings = outboxSettings(options);
  return {
    name,
    open: (environment) =>
      new StoreBackend(name, openStore(settings.tables, environment), environment, settings),
  };
}
