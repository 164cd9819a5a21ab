import { formatDuration } from '../../time/duration.js';
import { RetryOps, type RetryTier } from '../retry-ops.js';
import { groupsOf, ok, waitingEvents, type Finding, type Scene } from './finding.js';

/** Whether somebody reads every retry tier: configuration may no longer name it, or its group may be gone. */
export async function checkTiers({ parts, services }: Scene): Promise<Finding[]> {
  const { transport, naming } = parts;
  const named = groupsOf(services);
  const tiers = await new RetryOps(parts).list();
  const members = new Map<string, number>();
  for (const { group } of tiers) {
    if (members.has(group)) continue;
    members.set(group, (await transport.groups.describe(naming.group(group))).members.length);
  }
  const findings = tiers.flatMap((tier) => [
    ...unread(tier, members.get(tier.group)!),
    ...unnamed(tier, named.get(tier.group)),
  ]);
  return findings.length > 0 ? findings : [ok('tiers', 'Every retry tier is read, or nothing waits in it.')];
}

function unread({ topic, group, waiting }: RetryTier, members: number): Finding[] {
  if (members > 0 || waiting === 0) return [];
  return [
    {
      ...{ check: 'tiers', level: 'fault' },
      message: `${waitingEvents(waiting)} in '${topic}', and nobody reads it: group '${group}' has no members.`,
      fix: `Start the service of group '${group}'. After a rename, let the new group drain it: consumer.previousGroups: { '<new>': '${group}' }.`,
    },
  ];
}

function unnamed(
  { topic, group, delayMs, waiting }: RetryTier,
  named: readonly number[] | undefined,
): Finding[] {
  if (!named || delayMs === null || named.includes(delayMs)) return [];
  const what = waiting > 0 ? `: ${waitingEvents(waiting)} in it` : '';
  return [
    {
      ...{ check: 'tiers', level: 'hint' },
      message: `No configuration names tier '${topic}' any more${what}.`,
      fix: `Once nothing waits in it, stop the group and run: tramline retries retire ${group} ${formatDuration(delayMs)}`,
    },
  ];
}
