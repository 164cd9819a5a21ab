import type { OutboxOps } from '@tramline/core/ops';
import type { LoadedConfig } from '../../config/load.js';
import { CliError, EXIT } from '../../exit.js';
import type { OpenOptions } from '../../open-ops.js';
import type { Session } from '../../session.js';

/** The transport may be away, or not be there yet: these commands are about the database. */
const ASIDE: OpenOptions = { reach: false, mayCreate: true };

/** @throws CliError when no outbox is configured */
export async function openOutbox(session: Session, options: OpenOptions = ASIDE): Promise<OutboxOps> {
  requireOutbox(await session.config());
  return (await session.ops({ ...options, outbox: true })).outbox;
}

/** @throws CliError when no outbox is configured */
export function requireOutbox({ outbox, file }: LoadedConfig): NonNullable<LoadedConfig['outbox']> {
  if (outbox) return outbox;
  throw new CliError(
    'TRAMLINE_NO_OUTBOX',
    `No outbox is configured${file ? ` in ${file}` : ''}. Export the one that the service has from tramline.config.ts, such as outbox: pg(pool), with pg of @tramline/outbox/pg; nodeSqlite(db) and others likewise.`,
    EXIT.usage,
  );
}

export const DATABASE = 'The database of the outbox';
