import type { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'vitest';
import { describeOutboxStore } from '@tramline/testing/outbox';
import { makeTables, SqliteFiles } from '../spec/sqlite-files.js';

describeOutboxStore<DatabaseSync>(
  { describe, it },
  {
    name: 'sqlite over node:sqlite',
    lacks: ['parallel', 'away'],
    async create() {
      const files = new SqliteFiles();
      const given = files.make();
      return {
        open: () => files.store(),
        none: () => given,
        async foreign(work) {
          const other = files.connect('other.db');
          other.exec('BEGIN');
          await work(other);
        },
        async end(tx) {
          tx.exec('COMMIT');
        },
        async savepoints(tx, work) {
          tx.exec('SAVEPOINT inner');
          try {
            await work();
          } finally {
            tx.exec('ROLLBACK TO inner');
          }
        },
        schema(state) {
          const db = files.connect(`${state}.db`);
          if (state === 'older') makeTables(db, 9);
          if (state === 'newer') {
            makeTables(db);
            db.exec('INSERT INTO tramline_migrations (version) VALUES (1000)');
          }
          return files.store(`${state}.db`);
        },
        dispose: () => files.dispose(),
      };
    },
  },
);
