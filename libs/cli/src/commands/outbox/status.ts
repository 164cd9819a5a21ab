import type { OutboxStatus } from '@tramline/core/ops';
import { count } from '../../output/progress.js';
import { shown } from '../../output/text.js';
import { duration } from '../../output/time.js';
import { inTime } from '../../patience.js';
import type { Session } from '../../session.js';
import { DATABASE, openOutbox } from './open.js';

/** Shows how the outbox stands. @throws CliError | whatever the database throws */
export async function status(session: Session): Promise<void> {
  const { output } = session;
  const outbox = await openOutbox(session);
  const found = await inTime(outbox.status(), DATABASE, session.signal);
  await output.json(found);
  await output.table(['Outbox', { title: '', align: 'right' }], rowsOf(found));
  await output.line();
  const relays = found.relays.map(({ owner, buckets }) => [owner, buckets]);
  await output.table(
    ['Relay', { title: 'Buckets', align: 'right' }],
    relays,
    'No relay runs: nothing is published.',
  );
  if (found.blocker) await output.line(`\n${blockerOf(found.blocker)}`);
  if (found.dead > 0) await output.line(`\nLook at dead rows with: tramline outbox dead`);
}

function rowsOf({ backlog, oldestMs, scheduled, held, dead }: OutboxStatus) {
  return [
    ['waiting for a relay', count(backlog)],
    ['oldest of them', oldestMs === null ? null : duration(oldestMs)],
    ['scheduled for later', count(scheduled)],
    ['keys that wait after a failure', count(held)],
    ['dead', count(dead)],
  ];
}

function blockerOf({ pid, ageMs, application }: NonNullable<OutboxStatus['blocker']>): string {
  const who = application ? ` of '${shown(application)}'` : '';
  return `Transaction ${pid}${who} has been open for ${duration(ageMs)}; rows that came after its own wait until it ends.`;
}
