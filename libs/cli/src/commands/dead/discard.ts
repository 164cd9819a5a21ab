import { actorOf, behindBar, ended, plural } from '../../options/long-work.js';
import { shown } from '../../output/text.js';
import type { Session } from '../../session.js';
import { chosenBy, type FilterFlags } from './filter.js';

export interface DiscardFlags extends FilterFlags {
  readonly allLetters?: boolean;
  readonly reason: string;
  readonly actor?: string;
  readonly dryRun?: boolean;
}

export async function discardLetters(
  session: Session,
  group: string,
  ids: readonly string[],
  flags: DiscardFlags,
): Promise<void> {
  const { output, signal } = session;
  const { dryRun = false, reason } = flags;
  const filter = chosenBy(flags, session.env.clock, ids);
  const options = { actor: actorOf(session, flags.actor), reason, signal };
  const { dead } = await session.ops();
  const letters = dead.of(group);
  const planned = await letters.discard(filter, { ...options, dryRun: true });
  ended(session, signal.aborted);
  let discarded = planned;
  if (!dryRun && planned > 0) {
    await session.confirm(`Discard ${plural(planned, 'letter')} of group '${shown(group)}'?`);
    discarded = await behindBar(session, 'Discarding', planned, (onProgress) =>
      letters.discard(filter, { ...options, onProgress }),
    );
  }
  await output.json({ dryRun, discarded, stopped: signal.aborted });
  await output.line(`${dryRun ? 'Would discard' : 'Discarded'} ${plural(discarded, 'letter')}.`);
  ended(session, signal.aborted);
}
