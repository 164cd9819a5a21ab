import type { RedriveResult } from '@tramline/core/ops';
import { CliError, EXIT } from '../../exit.js';
import { actorOf, behindBar, ended, plural } from '../../options/long-work.js';
import { wholeNumber } from '../../options/parse.js';
import { remarkIfNobodyIsThere } from '../../options/waiting-group.js';
import { shown } from '../../output/text.js';
import type { Session } from '../../session.js';
import { chosenBy, type FilterFlags } from './filter.js';

export interface RedriveFlags extends FilterFlags {
  readonly allLetters?: boolean;
  readonly rate: string;
  readonly maxRedrives: string;
  readonly actor?: string;
  readonly dryRun?: boolean;
}

/** Refusals are told one by one, up to this many. */
const MOST_TOLD = 20;

export async function redriveLetters(
  session: Session,
  group: string,
  ids: readonly string[],
  flags: RedriveFlags,
): Promise<void> {
  const { signal } = session;
  const { dryRun = false } = flags;
  const filter = chosenBy(flags, session.env.clock, ids);
  const options = {
    actor: actorOf(session, flags.actor),
    rate: wholeNumber('--rate', flags.rate, 1),
    maxRedrives: wholeNumber('--max-redrives', flags.maxRedrives, 1),
    signal,
  };
  const ops = await session.ops();
  const letters = ops.dead.of(group);
  const planned = await letters.redrive(filter, { ...options, dryRun: true });
  ended(session, planned.stopped);
  if (dryRun) return tell(session, planned, true);
  if (planned.redriven === 0) {
    await tell(session, planned, false);
    return refuseWhereRefused(planned);
  }
  const repeated = planned.repeated > 0 ? ` ${planned.repeated} of them may have been sent before.` : '';
  await session.confirm(
    `Send ${plural(planned.redriven, 'letter')} of group '${shown(group)}' back, ${options.rate} a second?${repeated}`,
  );
  const result = await behindBar(session, 'Redriving', planned.redriven, (update) =>
    letters.redrive(filter, { ...options, onProgress: ({ redriven }) => update(redriven) }),
  );
  await tell(session, result, false);
  ended(session, result.stopped);
  if (result.redriven > 0) await remarkIfNobodyIsThere(session, ops, group);
  refuseWhereRefused(result);
}

/** A script must not take letters that stayed for letters that went. @throws CliError */
function refuseWhereRefused({ refused }: RedriveResult): void {
  if (refused.length === 0) return;
  throw new CliError(
    'TRAMLINE_OPS_REFUSED',
    `${plural(refused.length, 'letter')} stayed. Where they were redriven too often, mend the handler first, then raise --max-redrives; discard what is of no further use.`,
    EXIT.refused,
  );
}

async function tell(
  { output }: Session,
  { redriven, repeated, refused, stopped }: RedriveResult,
  dryRun: boolean,
): Promise<void> {
  await output.json({ dryRun, redriven, repeated, refused, stopped });
  await output.line(
    `${dryRun ? 'Would redrive' : 'Redrove'} ${plural(redriven, 'letter')}, ${repeated} of them possibly repeated.`,
  );
  if (refused.length > 0) await output.line(`Refused ${plural(refused.length, 'letter')}:`);
  for (const { id, why } of refused.slice(0, MOST_TOLD)) await output.line(`  ${id}  ${shown(why)}`);
  if (refused.length > MOST_TOLD)
    await output.line(`  and ${refused.length - MOST_TOLD} others (--json lists all)`);
  if (stopped) await output.line('It was stopped; what is left waits. Run it again to go on.');
}
