import { usageError } from '../../exit.js';
import { plural } from '../../options/long-work.js';
import { wholeNumber } from '../../options/parse.js';
import { inTime } from '../../patience.js';
import type { Session } from '../../session.js';
import type { ReleaseFlags } from './flags.js';
import { DATABASE, openOutbox } from './open.js';

/** Puts dead rows back behind what waits. @throws CliError | whatever the database throws */
export async function release(session: Session, rows: readonly string[], flags: ReleaseFlags): Promise<void> {
  const { all = false, dryRun = false } = flags;
  if (all === rows.length > 0) throw usageError('Name the rows to release, or give --all.');
  const ids = all ? undefined : rows.map((row) => wholeNumber('row', row, 1));
  const outbox = await openOutbox(session);
  const found = await inTime(outbox.release(ids, { dryRun: true }), DATABASE, session.signal);
  if (!dryRun && found > 0) await session.confirm(`Publish ${plural(found, 'dead row')} after all?`);
  const released = dryRun || found === 0 ? found : await outbox.release(ids);
  await session.output.json({ released, dryRun });
  await session.output.line(
    dryRun
      ? `${plural(released, 'row')} would be released. Nothing was changed.`
      : `Released ${plural(released, 'row')}.`,
  );
}
