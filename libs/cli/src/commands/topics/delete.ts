import { plural } from '../../options/long-work.js';
import { shown } from '../../output/text.js';
import type { Session } from '../../session.js';

export interface DeleteFlags {
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

export async function deleteTopics(
  session: Session,
  names: readonly string[],
  { force = false, dryRun = false }: DeleteFlags,
): Promise<void> {
  const { topics } = await session.ops();
  const planned = await topics.delete(names, { dryRun: true, force });
  const what = `${names.map((name) => `'${shown(name)}'`).join(', ')} with ${plural(planned.records, 'record')}`;
  if (!dryRun) {
    await session.confirm(`Delete ${what}?`);
    await topics.delete(names, { force });
  }
  await session.output.json({ dryRun, ...planned });
  await session.output.line(dryRun ? `Would delete ${what}.` : `Deleted ${what}.`);
}
