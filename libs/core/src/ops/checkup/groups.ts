import { UnknownGroupError } from '../errors.js';
import { GroupOps } from '../group-ops.js';
import { groupsOf, ok, waitingEvents, type Finding, type Scene } from './finding.js';

/** Whether somebody consumes for every group. */
export async function checkGroups({ parts, services }: Scene): Promise<Finding[]> {
  const groups = new GroupOps(parts);
  const findings: Finding[] = [];
  for (const group of groupsOf(services).keys()) {
    try {
      const { members, lag } = await groups.describe(group);
      if (members > 0) continue;
      findings.push({
        check: 'groups',
        level: lag > 0 ? 'warning' : 'hint',
        message: `Group '${group}' has no members${lag > 0 ? `: ${waitingEvents(lag)} for it` : ''}.`,
        fix: 'Start its service, with consume not set to false.',
      });
    } catch (error) {
      if (!(error instanceof UnknownGroupError)) throw error;
      findings.push({
        check: 'groups',
        level: 'hint',
        message: `Group '${group}' was never started.`,
        fix: 'Start its service.',
      });
    }
  }
  if (findings.length > 0 || services.length === 0) return findings;
  return [ok('groups', 'Every group has members.')];
}
