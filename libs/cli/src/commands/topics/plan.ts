import type { Ops, TopicPlan, WantedTopics } from '@tramline/core/ops';
import { CliError, usageError } from '../../exit.js';
import { contractsOf } from '../../open-ops.js';
import { plural } from '../../options/long-work.js';
import { wholeNumber } from '../../options/parse.js';
import { duration } from '../../options/duration.js';
import { shown } from '../../output/text.js';
import type { Session } from '../../session.js';

export interface PlanFlags {
  readonly group?: readonly string[];
  readonly retryTiers?: string;
  readonly partitions?: string;
  readonly replication?: string;
  readonly deadRetention?: string;
  readonly grow?: boolean;
  readonly dryRun?: boolean;
}

/** Ends with 1 when something is to be done, so that a pipeline can stop there. */
export async function showPlan(session: Session, flags: PlanFlags): Promise<void> {
  const plan = await planOf(session, await session.ops(), flags);
  await session.output.json(plan);
  await tell(session, plan);
  const { create, grow, alter, left } = plan;
  if (create.length + grow.length + alter.length + left.length === 0) return;
  const mended = [
    ...(create.length > 0 ? [`${create.length} missing`] : []),
    ...(grow.length > 0 ? [`${grow.length} with too few partitions (--grow)`] : []),
    ...(alter.length > 0 ? [`${alter.length} with other settings`] : []),
  ].join(', ');
  const how = mended === '' ? '' : ` 'tramline topics apply' mends ${mended}.`;
  throw new CliError('TRAMLINE_TOPOLOGY', `Topics are not as they must be.${how}${leftText(left)}`);
}

export async function applyPlan(session: Session, flags: PlanFlags): Promise<void> {
  const { dryRun = false, grow = false } = flags;
  const ops = await session.ops({ mayCreate: !dryRun });
  const whole = await planOf(session, ops, flags);
  const plan = grow ? whole : { ...whole, grow: [] };
  await tell(session, plan);
  const { create, alter, left } = plan;
  const changes = [
    ...(create.length > 0 ? [`make ${plural(create.length, 'topic')}`] : []),
    ...(plan.grow.length > 0 ? [`grow ${plural(plan.grow.length, 'topic')}`] : []),
    ...(alter.length > 0 ? [`alter ${plural(alter.length, 'topic')}`] : []),
  ].join(', ');
  if (!dryRun && changes !== '') {
    await session.confirm(`${changes[0]!.toUpperCase()}${changes.slice(1)}?`);
    await ops.topics.apply(plan);
  }
  await session.output.json({ dryRun, ...plan });
  if (!dryRun && changes !== '') await session.output.line('Done.');
  if (left.length > 0) await session.output.note(leftText(left).trimStart());
  if (!grow && whole.grow.length > 0)
    await session.output.note(
      `${plural(whole.grow.length, 'topic')} would get more partitions with --grow: ${whole.grow.map(({ topic }) => topic).join(', ')}.`,
    );
}

async function planOf(session: Session, ops: Ops, flags: PlanFlags): Promise<TopicPlan> {
  return ops.topics.plan(await wantedOf(session, flags));
}

async function wantedOf(session: Session, flags: PlanFlags): Promise<WantedTopics> {
  const { group = [], retryTiers, partitions, replication, deadRetention } = flags;
  const refs = await contractsOf(await session.config());
  if (refs.length === 0 && group.length === 0)
    throw usageError(
      `There is nothing to plan for: list 'contracts' in tramline.config.ts, or name groups with --group.`,
    );
  const tiers = retryTiers?.split(',').map((text) => duration('--retry-tiers', text.trim()));
  return {
    contracts: refs,
    groups: group.map((name) => ({ group: name, ...(tiers && { retryTiers: tiers }) })),
    topics: {
      ...(partitions !== undefined && { partitions: wholeNumber('--partitions', partitions, 1) }),
      ...(replication !== undefined && { replication: wholeNumber('--replication', replication, 1) }),
      ...(deadRetention !== undefined && { deadRetention: duration('--dead-retention', deadRetention) }),
    },
  };
}

/** What no command mends, since somebody has to decide about records. */
function leftText(left: readonly string[]): string {
  if (left.length === 0) return '';
  return ` ${plural(left.length, 'difference')} (!) ${left.length === 1 ? 'is' : 'are'} left to you: records or their order could be lost. Mend the topic with the broker's own tools, or delete it and let it be made anew.`;
}

async function tell({ output }: Session, plan: TopicPlan): Promise<void> {
  const { create, grow, alter, left, right } = plan;
  for (const { name } of create) await output.line(`+ make ${shown(name)}`);
  for (const { topic, from, to } of grow)
    await output.line(`+ grow ${shown(topic)} from ${from} to ${to} partitions`);
  for (const { differences } of alter)
    for (const difference of differences) await output.line(`~ mend ${shown(difference)}`);
  for (const difference of left) await output.line(`! ${shown(difference)}`);
  await output.line(`${plural(right.length, 'topic')} ${right.length === 1 ? 'is' : 'are'} as they must be.`);
}
