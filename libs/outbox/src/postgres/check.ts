import { OutboxError } from '@tramline/core';
import type { OutboxStore } from '@tramline/core/outbox';
import type { PostgresContext } from './context.js';
import { MIGRATE } from './explained.js';

/** The last migration that these statements need: the number of the last file in `migrations/postgres`. */
export const SCHEMA_VERSION = 18;

/** Whether the tables are those that this code was written for. */
export function check<Tx>(context: PostgresContext<Tx>): Pick<OutboxStore, 'check'> {
  const { names } = context;
  return {
    async check() {
      const [row] = await context.query('publish', `SELECT max(version) AS version FROM ${names.migrations}`);
      const version = Number(row?.['version'] ?? 0);
      if (version === SCHEMA_VERSION) return;
      throw new OutboxError(
        'TRAMLINE_OUTBOX_SCHEMA',
        version < SCHEMA_VERSION
          ? `The outbox's tables in this PostgreSQL database have version ${version}, and this code needs ${SCHEMA_VERSION}. ${MIGRATE}`
          : `The outbox's tables in this PostgreSQL database have version ${version}, and this code knows ${SCHEMA_VERSION}. ` +
              `A newer @tramline/outbox made them: update it in this service too.`,
      );
    },
  };
}
