import { formatDuration } from '@tramline/core/ops';
import { timeText } from '../../options/long-work.js';
import type { Session } from '../../session.js';

export async function listTiers(session: Session, group: string | undefined): Promise<void> {
  const { retries } = await session.ops();
  const tiers = await retries.list(group);
  await session.output.json(tiers.map((tier) => ({ ...tier, nextDue: timeText(tier.nextDue) })));
  await session.output.table(
    ['GROUP', 'TIER', 'TOPIC', { title: 'WAITING', align: 'right' }, 'NEXT DUE'],
    tiers.map(({ group: name, delayMs, topic, waiting, nextDue }) => [
      ...[name, delayMs === null ? 'now' : formatDuration(delayMs), topic, waiting, timeText(nextDue)],
    ]),
    'There are no retry tiers.',
  );
}
