import { planTopics } from '../topic-plan.js';
import { groupsOf, ok, type Finding, type Scene } from './finding.js';

/** Whether the topics of every service are there, and as they must be. */
export async function checkTopology({ parts, services }: Scene): Promise<Finding[]> {
  const { alwaysCreates } = parts.transport.capabilities;
  const findings: Finding[] = [];
  for (const service of services) {
    const groups = [...groupsOf([service])].map(([group, retryTiers]) => ({ group, retryTiers }));
    const { maxEventBytes, contracts } = service;
    const { create, differences, left } = await planTopics(parts, { contracts, groups, maxEventBytes });
    const apply = `tramline topics apply${groups.map(({ group }) => ` --group ${group}`).join('')}`;
    const names = create.map(({ name }) => `'${name}'`);
    if (names.length > 0) {
      const some =
        names.length > 4 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : names.join(', ');
      findings.push({
        check: 'topology',
        level: alwaysCreates ? 'hint' : 'warning',
        message: `Service '${service.service}': topics are missing: ${some}.`,
        fix: alwaysCreates
          ? 'Start the service once: it makes them.'
          : `Run '${apply}', or start the service with topics.topology: 'create'.`,
      });
    }
    for (const difference of differences) {
      findings.push({
        check: 'topology',
        level: 'fault',
        message: `Service '${service.service}': topic ${difference}`,
        fix: left.includes(difference)
          ? 'Decide about its records, then delete the topic and let it be made anew.'
          : `Run '${apply}'.`,
      });
    }
  }
  if (findings.length > 0 || services.length === 0) return findings;
  return [ok('topology', 'The topics of every service are as they must be.')];
}
