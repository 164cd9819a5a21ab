import type { Session } from '../../session.js';

export async function listGroups(session: Session): Promise<void> {
  const { groups } = await session.ops();
  const found = await groups.list();
  await session.output.json(found);
  await session.output.table(
    ['GROUP', { title: 'MEMBERS', align: 'right' }],
    found.map(({ group, members }) => [group, members]),
    'There are no groups.',
  );
}
