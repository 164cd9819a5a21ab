import type { ReplayOptions, ReplayResult } from '@tramline/core/ops';
import { usageError } from '../../exit.js';
import { behindBar, ended, plural } from '../../options/long-work.js';
import { wholeNumber } from '../../options/parse.js';
import { pointInTime } from '../../options/time.js';
import { remarkIfNobodyIsThere } from '../../options/waiting-group.js';
import { shown } from '../../output/text.js';
import type { Session } from '../../session.js';
import { positionsOf, positionsText } from './positions.js';

export interface ReplayFlags {
  readonly group: string;
  readonly handler: string;
  readonly topic?: string;
  readonly from?: string;
  readonly to?: string;
  readonly key?: string;
  readonly again?: boolean;
  readonly rate: string;
  readonly resume?: string;
  readonly position?: string;
  readonly dryRun?: boolean;
}

export async function replay(session: Session, type: string, flags: ReplayFlags): Promise<void> {
  const { dryRun = false, group, handler } = flags;
  const options = await optionsOf(session, type, flags);
  const ops = await session.ops({ outbox: true });
  const planned = await ops.events.replay({ ...options, dryRun: true });
  ended(session, planned.stopped);
  if (dryRun || planned.replayed === 0) return tell(session, planned, dryRun);
  await session.confirm(
    `Give ${plural(planned.replayed, 'event')} to handler '${shown(handler)}' of group '${shown(group)}' again?`,
  );
  const result = await behindBar(session, 'Replaying', planned.replayed, (update) =>
    ops.events.replay({ ...options, onProgress: ({ replayed }) => update(replayed) }),
  );
  await tell(session, result, false);
  ended(session, result.stopped);
  if (result.replayed > 0) await remarkIfNobodyIsThere(session, ops, group);
}

async function optionsOf(session: Session, type: string, flags: ReplayFlags): Promise<ReplayOptions> {
  const { group, handler, from, to, key, again = false, resume, position } = flags;
  const { clock } = session.env;
  if ((resume === undefined) !== (position === undefined))
    throw usageError('Give --resume and --position together, as the interrupted replay said them.');
  const topic = flags.topic ?? (await session.contract(type))?.topic ?? type;
  return {
    group,
    handlerId: handler,
    type,
    topic,
    again,
    rate: wholeNumber('--rate', flags.rate, 1),
    signal: session.signal,
    ...(from !== undefined && { from: pointInTime('--from', from, clock) }),
    ...(to !== undefined && { to: pointInTime('--to', to, clock) }),
    ...(key !== undefined && { key }),
    ...(resume !== undefined &&
      position !== undefined && { resume: { id: resume, positions: positionsOf(position) } }),
  };
}

async function tell({ output }: Session, result: ReplayResult, dryRun: boolean): Promise<void> {
  const { id, replayed, known, refused, positions, stopped } = result;
  await output.json({ dryRun, id, replayed, known, refused, positions, stopped });
  await output.line(`${dryRun ? 'Would replay' : 'Replayed'} ${plural(replayed, 'event')}.`);
  if (known !== null) await output.line(`Left out ${plural(known, 'event')} whose effect the inbox knows.`);
  for (const place of refused)
    await output.line(
      `Too large for the tier of the group: ${shown(`${place.topic}/${place.partition}`)} offset ${place.offset}`,
    );
  if (stopped)
    await output.line(
      `It was stopped. To go on: --resume ${id} --position ${shown(positionsText(positions))}`,
    );
}
