import { DeadOps } from '../dead-ops.js';
import { isUnknownTopic } from '../errors.js';
import { ok, type Finding, type Scene } from './finding.js';

/** More than these are not counted: there may be very many. */
const MOST_COUNTED = 100;

/** Whether dead letters wait for somebody to decide on them. */
export async function checkLetters({ parts }: Scene): Promise<Finding[]> {
  const dead = new DeadOps(parts);
  const findings: Finding[] = [];
  for (const { group, records } of await dead.groups()) {
    if (records === 0) continue;
    const waiting = await countWaiting(dead, group);
    if (waiting === 0) continue;
    const what = waiting === 1 ? '1 dead letter waits' : `${waiting} dead letters wait`;
    findings.push({
      check: 'letters',
      level: 'warning',
      message: `${waiting === MOST_COUNTED ? 'At least ' : ''}${what} for a decision in group '${group}'.`,
      fix: `See why: tramline dead list ${group}. Once that is mended: tramline dead redrive ${group}`,
    });
  }
  return findings.length > 0 ? findings : [ok('letters', 'No dead letter waits for a decision.')];
}

async function countWaiting(dead: DeadOps, group: string): Promise<number> {
  try {
    const { letters } = await dead.of(group).page({}, { limit: MOST_COUNTED });
    return letters.length;
  } catch (thrown) {
    // What was decided on is not known: that a topic is missing is told of the topology.
    if (isUnknownTopic(thrown)) return 0;
    throw thrown;
  }
}
