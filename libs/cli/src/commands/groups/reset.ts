import type { ResetTarget } from '@tramline/core/ops';
import type { WallClock } from '../../env.js';
import { usageError } from '../../exit.js';
import { plural } from '../../options/long-work.js';
import { wholeNumber } from '../../options/parse.js';
import { duration } from '../../options/duration.js';
import { pointInTime } from '../../options/time.js';
import { shown } from '../../output/text.js';
import type { Session } from '../../session.js';

export interface ResetFlags {
  readonly to?: string;
  readonly ago?: string;
  readonly toOffset?: string;
  readonly topic?: readonly string[];
  readonly partition?: readonly string[];
  readonly dryRun?: boolean;
}

export async function resetGroup(session: Session, group: string, flags: ResetFlags): Promise<void> {
  const { output } = session;
  const { topic: topics, partition, dryRun = false } = flags;
  const target = targetOf(flags, session.env.clock);
  const partitions = partition?.map((text) => wholeNumber('--partition', text));
  const options = { ...(topics && { topics }), ...(partitions && { partitions }) };
  const { groups } = await session.ops({ outbox: true });
  const plan = await groups.reset(group, target, { ...options, dryRun: true });
  const right = (title: string) => ({ title, align: 'right' as const });
  await output.table(
    ['TOPIC', right('PARTITION'), right('FROM'), right('TO')],
    plan.moves.map(({ topic, partition: number, from, to }) => [topic, number, from, to]),
    `Group '${shown(group)}' stands there already.`,
  );
  const known =
    plan.known === null ? '' : `, of which ${plural(plan.known, 'effect')} will not be repeated (once: true)`;
  const what = `${plural(plan.repeated, 'event')} again${known}, and leaves out ${plural(plan.skipped, 'event')}`;
  if (!dryRun && plan.moves.length > 0) {
    await session.confirm(`Group '${shown(group)}' gets ${what}. Move it?`);
    await groups.reset(group, target, options);
  }
  await output.json({ dryRun, group, ...plan });
  if (plan.moves.length > 0)
    await output.line(
      dryRun ? `It would get ${what}. Nothing was changed.` : `Moved. When it starts it gets ${what}.`,
    );
}

function targetOf({ to, ago, toOffset }: ResetFlags, clock: WallClock): ResetTarget {
  if ([to, ago, toOffset].filter((given) => given !== undefined).length !== 1)
    throw usageError(
      `Say where to: one of --to earliest, --to latest, --to <time>, --ago <duration>, --to-offset <number>.`,
    );
  if (ago !== undefined) return { ago: duration('--ago', ago) };
  if (toOffset !== undefined) return { offset: wholeNumber('--to-offset', toOffset) };
  if (to === 'earliest' || to === 'latest') return to;
  return { time: pointInTime('--to', to!, clock) };
}
