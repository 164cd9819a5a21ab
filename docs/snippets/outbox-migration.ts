import { sqlFor } from '@tramline/outbox';
import type { MigrationInterface, QueryRunner } from 'typeorm';

// #region migration
export class TramlineOutbox1763700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Up to the version of today: a later one of @tramline/outbox gets a migration of its own, with `after: 18`.
    for (const statement of await sqlFor('postgres', { upTo: 18 })) await runner.query(statement);
  }

  async down(): Promise<void> {
    throw new Error('The outbox may hold events that were never published: drop its tables by hand.');
  }
}
// #endregion
