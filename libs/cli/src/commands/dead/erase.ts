import { behindBar, ended, plural } from '../../options/long-work.js';
import { shown } from '../../output/text.js';
import type { Session } from '../../session.js';

export interface EraseFlags {
  readonly key: string;
  readonly dryRun?: boolean;
}

export async function eraseLetters(
  session: Session,
  group: string,
  { key, dryRun = false }: EraseFlags,
): Promise<void> {
  const { output, signal } = session;
  const { dead } = await session.ops();
  const letters = dead.of(group);
  const planned = await letters.erase(key, { dryRun: true, signal });
  ended(session, planned.stopped);
  let result = planned;
  if (!dryRun && planned.erased > 0) {
    await session.confirm(
      `Erase ${plural(planned.erased, 'record')} of key '${shown(key)}' for good, and write ${plural(planned.kept, 'other')} anew?`,
    );
    result = await behindBar(session, 'Erasing', planned.erased + planned.kept, (update) =>
      letters.erase(key, { signal, onProgress: ({ erased, kept }) => update(erased + kept) }),
    );
  }
  await output.json({ dryRun, ...result });
  await output.line(
    `${dryRun ? 'Would erase' : 'Erased'} ${plural(result.erased, 'record')} of key '${shown(key)}'.`,
  );
  ended(session, result.stopped);
}
