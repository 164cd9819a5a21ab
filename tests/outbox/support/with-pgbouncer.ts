import { describe } from 'vitest';
import { canStartPgBouncer, HOW_TO_GET_PGBOUNCER } from '../../../scripts/postgres/pgbouncer.ts';

/**
 * A suite that needs PgBouncer. Without it it is skipped, and says so; in CI nothing may be skipped.
 * @throws Error in CI without PgBouncer
 */
export const describeWithPgBouncer = choose(canStartPgBouncer());

function choose(possible: boolean): typeof describe | typeof describe.skip {
  if (possible) return describe;
  if (process.env['CI']) throw new Error(HOW_TO_GET_PGBOUNCER);
  console.warn(`Tests behind PgBouncer were not run. ${HOW_TO_GET_PGBOUNCER}`);
  return describe.skip;
}
