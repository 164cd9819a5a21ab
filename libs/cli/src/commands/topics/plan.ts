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
  const left = plan.create.length + plan.grow.length + plan.differences.length;
  if (left === 0) return;
  throw new CliError(
    'TRAMLINE_TOPOLOGY',
    `Topics are not as they must be: ${plan.create.length} missing, ${plan.grow.length} with too few partitions, ${plan.differences.length} other differences. 'tramline topics apply' makes what is missing.`,
  );
}

export async function applyPlan(session: Session, flags: PlanFlags): Promise<void> {
  const { dryRun = false, grow = false } = flags;
  const ops = await session.ops({ mayCreate: !dryRun });
  const whole = await planOf(session, ops, flags);
  const plan = grow ? whole : { ...whole, grow: [] };
  await tell(session, plan);
  const changes = plan.create.length + plan.grow.length;
  if (!dryRun && changes > 0) {
    await session.confirm(
      `Make ${plural(plan.create.length, 'topic')}${plan.grow.length > 0 ? ` and grow ${plural(plan.grow.length, 'topic')}` : ''}?`,
    );
    await ops.topics.apply(plan);
  }
  await session.output.json({ dryRun, ...plan });
  if (!dryRun && changes > 0) await session.output.line('Done.');
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

async function tell({ output }: Session, { create, grow, differences, right }: TopicPlan): Promise<void> {
  for (const { name } of create) await output.line(`+ make ${shown(name)}`);
  for (const { topic, from, to } of grow)
    await output.line(`+ grow ${shown(topic)} from ${from} to ${to} partitions`);
  for (const difference of differences) await output.line(`! ${shown(difference)}`);
  await output.line(`${plural(right.length, 'topic')} ${right.length === 1 ? 'is' : 'are'} as they must be.`);
}
