import type { Session } from '../../session.js';

export async function listDeadGroups(session: Session): Promise<void> {
  const { dead } = await session.ops();
  const groups = await dead.groups();
  await session.output.json(groups);
  await session.output.table(
    ['GROUP', { title: 'RECORDS', align: 'right' }],
    groups.map(({ group, records }) => [group, records]),
    'No group keeps dead letters.',
  );
}
