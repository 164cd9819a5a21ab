import { plural } from '../../options/long-work.js';
import { shown } from '../../output/text.js';
import type { Session } from '../../session.js';

export async function describeGroup(session: Session, name: string): Promise<void> {
  const { output } = session;
  const { groups } = await session.ops();
  const details = await groups.describe(name);
  await output.json(details);
  const { group, members, lag, handlers, positions, memberList } = details;
  await output.line(
    `Group '${shown(group)}': ${plural(members, 'member')}, ${plural(lag, 'event')} to be done.`,
  );
  if (handlers.length > 0) await output.line(`Handlers it ever had: ${shown(handlers.join(', '))}`);
  const right = (title: string) => ({ title, align: 'right' as const });
  const clients = new Map(memberList.map(({ memberId, clientId }) => [memberId, clientId]));
  await output.table(
    ['TOPIC', right('PARTITION'), right('POSITION'), right('END'), right('LAG'), 'MEMBER', 'CLIENT'],
    positions.map(({ topic, partition, committed, end, lag: behind, memberId }) => [
      ...[topic, partition, committed, end, behind, memberId],
      memberId === null ? null : clients.get(memberId),
    ]),
    'It has no positions.',
  );
}
