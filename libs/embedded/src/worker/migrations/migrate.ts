import { FailureError } from '../../wire/failure.js';
import type { Connection } from '../connection.js';
import { log } from './0001-log.js';

/** In order; the number of a migration is its place, from 1. Never change one that was published: add another. */
const MIGRATIONS: readonly string[] = [log];

const SCHEMA_VERSION = MIGRATIONS.length;

/** "TRAM": tells a log of ours from any other SQLite file. */
const APPLICATION_ID = 0x5452414d;

/**
 * Brings the schema up to date, all or nothing; safe when several processes do it at once.
 * @throws FailureError TRAMLINE_STORAGE when the file is of a newer version, or not a log
 */
export function migrate(connection: Connection, directory: string): void {
  if (versionOf(connection, directory) === SCHEMA_VERSION) return;
  connection.transaction(() => {
    for (let version = versionOf(connection, directory); version < SCHEMA_VERSION; version++) {
      connection.exec(MIGRATIONS[version]!);
    }
    connection.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; PRAGMA application_id = ${APPLICATION_ID}`);
  });
}

function versionOf(connection: Connection, directory: string): number {
  const version = connection.get<{ user_version: number }>('PRAGMA user_version')!.user_version;
  const application = connection.get<{ application_id: number }>('PRAGMA application_id')!.application_id;
  const tables = connection.get<{ tables: number }>('SELECT count(*) AS tables FROM sqlite_schema')!.tables;
  if (tables > 0 && application !== APPLICATION_ID) {
    throw new FailureError(
      'TRAMLINE_STORAGE',
      `tramline.db in ${directory} belongs to another program. Name another directory for the log.`,
    );
  }
  if (version > SCHEMA_VERSION) {
    throw new FailureError(
      'TRAMLINE_STORAGE',
      `The log in ${directory} was written by a newer Tramline (schema ${version}; this one knows ${SCHEMA_VERSION}). ` +
        'Update @tramline/embedded in this process, or name another directory.',
    );
  }
  return version;
}
