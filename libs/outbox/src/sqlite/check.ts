import { OutboxError } from '@tramline/core';
import type { OutboxStore } from '@tramline/core/outbox';
import type { SqliteContext } from './context.js';
import { explained, isForbidden, MIGRATE } from './sqlite-error.js';

/** The last migration that these statements need: the number of the last file in `migrations/sqlite`. */
export const SCHEMA_VERSION = 13;

/** Whether the tables are those that this code was written for, and may be written to. */
export function check<Tx>({ client, names }: SqliteContext<Tx>): Pick<OutboxStore, 'check'> {
  return {
    async check() {
      let version: number;
      try {
        const [row] = await client.query(`SELECT max(version) AS version FROM ${names.migrations}`, []);
        version = Number(row?.version ?? 0);
        // Changes nothing, and fails where nothing can be changed.
        await client.query(`UPDATE ${names.lease} SET epoch = epoch WHERE bucket < 0`, []);
      } catch (error) {
        throw isForbidden(error) ? forbidden(error) : explained(error);
      }
      if (version === SCHEMA_VERSION) return;
      throw new OutboxError(
        'TRAMLINE_OUTBOX_SCHEMA',
        version < SCHEMA_VERSION
          ? `The outbox's tables in this SQLite file have version ${version}, and this code needs ${SCHEMA_VERSION}. ${MIGRATE}`
          : `The outbox's tables in this SQLite file have version ${version}, and this code knows ${SCHEMA_VERSION}. ` +
              `A newer @tramline/outbox made them: update it in this service too.`,
      );
    },
  };
}

function forbidden(cause: unknown): OutboxError {
  return new OutboxError(
    'TRAMLINE_OUTBOX_RIGHTS',
    'The SQLite file of the outbox cannot be written by this user. Give it write access to the file and to its directory, ' +
      'where SQLite keeps two more files beside it.',
    { cause },
  );
}
