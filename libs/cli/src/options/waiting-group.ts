import type { Ops } from '@tramline/core/ops';
import { shown } from '../output/text.js';
import type { Session } from '../session.js';

/** Says so where nobody is there to handle what a group was just sent: it looks like success, and nothing happens. */
export async function tellIfNobodyIsThere(session: Session, { groups }: Ops, group: string): Promise<void> {
  if (session.output.isJson) return;
  const { UnknownGroupError } = await import('@tramline/core/ops');
  const members = await groups.describe(group).then(
    (found) => found.members,
    (error: unknown) => {
      if (error instanceof UnknownGroupError) return 0;
      throw error;
    },
  );
  if (members > 0) return;
  await session.output.line(
    `Group '${shown(group)}' has no member just now: what it was sent waits until a service with it runs.`,
  );
}
