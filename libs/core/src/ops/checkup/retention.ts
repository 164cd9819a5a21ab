import { formatDuration } from '../../time/duration.js';
import { ok, type Finding, type Scene } from './finding.js';

const DAY_MS = 86_400_000;

/** Whether events stay long enough: longer than a service may be down, and than a delay of its handlers. */
export async function checkRetention({ parts, services, topics }: Scene): Promise<Finding[]> {
  const findings = topics.flatMap(({ name, fullName, kind, retentionMs }): Finding[] => {
    if (kind !== 'events' || retentionMs === null) return [];
    const delays = services.flatMap(({ handlers }) =>
      handlers
        .filter(({ broadcast, contracts }) => !broadcast && contracts.some(({ topic }) => topic === name))
        .flatMap(({ policy }) => policy.delaysMs),
    );
    const longest = Math.max(0, ...delays);
    const needed = Math.max(DAY_MS, longest);
    if (retentionMs >= needed) return [];
    const why =
      longest > DAY_MS
        ? `and a handler of its events waits up to ${formatDuration(longest)}: a dead letter too large to be copied would lead to nothing`
        : 'and a service that is down longer loses events';
    return [
      {
        ...{ check: 'retention', level: 'warning' },
        message: `Topic '${fullName}' keeps events for ${formatDuration(retentionMs)}, ${why}.`,
        fix: `Raise its retention to at least ${formatDuration(needed)}${parts.transport.name === 'kafka' ? ' (retention.ms)' : ''}.`,
      },
    ];
  });
  return findings.length > 0 ? findings : [ok('retention', 'Topics of events keep them for a day at least.')];
}
