import { parseDuration, type Duration } from '@tramline/core/ops';
import { usageError } from '../../exit.js';
import { plural } from '../../options/long-work.js';
import { inTime } from '../../patience.js';
import type { Session } from '../../session.js';
import type { PruneFlags } from './flags.js';
import { DATABASE, openOutbox } from './open.js';

/** Clears up. Ctrl-C ends it between two batches. @throws CliError | whatever the database throws */
export async function prune(session: Session, flags: PruneFlags): Promise<void> {
  const { olderThan, group: groups = [], dryRun = false } = flags;
  if (parseDuration(olderThan) === undefined)
    throw usageError(`--older-than is "${olderThan}": give a duration such as 7d or 36h.`);
  const { output, signal } = session;
  // Positions of groups decide what may be forgotten.
  const outbox = await openOutbox(session, groups.length > 0 ? {} : undefined);
  await inTime(outbox.check(), DATABASE, signal);
  const what = `sent rows${groups.length > 0 ? ` and effects of ${groups.join(', ')}` : ''} older than ${olderThan}`;
  if (dryRun) {
    await output.json({ dryRun, olderThan, groups });
    return output.line(`Would clear up ${what}. Nothing was changed.`);
  }
  await session.confirm(`Clear up ${what}?`);
  const progress = output.progress('Clearing up');
  const result = await outbox.prune({
    olderThan: olderThan as Duration,
    groups,
    signal,
    onProgress: ({ rows, effects }) => void progress.update(rows + effects).catch(() => undefined),
  });
  await progress.end();
  signal.throwIfAborted();
  await output.json({ dryRun, ...result });
  await output.line(`Cleared up ${plural(result.rows, 'sent row')} and ${plural(result.effects, 'effect')}.`);
}
