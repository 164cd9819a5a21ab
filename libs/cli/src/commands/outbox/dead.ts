import { wholeNumber } from '../../options/parse.js';
import { duration } from '../../output/time.js';
import { inTime } from '../../patience.js';
import type { Session } from '../../session.js';
import type { DeadFlags } from './flags.js';
import { DATABASE, openOutbox } from './open.js';

/** Lists dead rows. @throws CliError | whatever the database throws */
export async function dead(session: Session, flags: DeadFlags): Promise<void> {
  const after = wholeNumber('--after', flags.after);
  const limit = wholeNumber('--limit', flags.limit, 1);
  const { output } = session;
  const outbox = await openOutbox(session);
  const { rows, next } = await inTime(outbox.dead({ after, limit }), DATABASE, session.signal);
  const listed = rows.map(({ rowId, id, type, topic, record, attempts, ageMs, error }) => ({
    ...{ row: rowId, eventId: id, type, topic, key: textOf(record.key), attempts, ageMs, error },
  }));
  await output.json({ rows: listed, next: next ?? null });
  await output.table(
    [{ title: 'Row', align: 'right' }, 'Event', 'Type', 'Key', 'Age', 'Error'],
    listed.map(({ row, eventId, type, key, ageMs, error }) => [
      row,
      eventId,
      type,
      key,
      duration(ageMs),
      error,
    ]),
    'No dead rows.',
  );
  if (next !== undefined) await output.line(`\nMore: tramline outbox dead --after ${next}`);
}

const textOf = (key: Uint8Array | null): string | null => (key ? Buffer.from(key).toString() : null);
