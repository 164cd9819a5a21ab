import type { Ops } from '@tramline/core/ops';
import { shown } from '../output/text.js';
import type { Session } from '../session.js';

/** Remarks on it where nobody is there to handle what a group was just sent: it looks like success, and nothing happens. */
export async function remarkIfNobodyIsThere(session: Session, ops: Ops, group: string): Promise<void> {
  if ((await membersOf(ops, group)) !== 0) return;
  await session.output.note(
    `Group '${shown(group)}' has no member just now: what it was sent waits until a service with it runs.`,
  );
}

/** `undefined` where that cannot be found out: what was sent is sent, and the remark is not worth a failure. */
async function membersOf({ groups }: Ops, group: string): Promise<number | undefined> {
  const { UnknownGroupError } = await import('@tramline/core/ops');
  try {
    return (await groups.describe(group)).members;
  } catch (error) {
    return error instanceof UnknownGroupError ? 0 : undefined;
  }
}
