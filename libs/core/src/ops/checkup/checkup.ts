import type { ServiceDescription } from '../../description.js';
import type { OpsParts } from '../ports.js';
import { TopicOps } from '../topic-ops.js';
import { checkClocks } from './clocks.js';
import { checkEvents } from './events.js';
import type { Finding, Scene } from './finding.js';
import { checkGroups } from './groups.js';
import { checkLetters } from './letters.js';
import { checkRetention } from './retention.js';
import { checkTiers } from './tiers.js';
import { checkTopology } from './topology.js';

const CHECKS: readonly ((scene: Scene) => Promise<Finding[]>)[] = [
  checkTopology,
  checkRetention,
  checkClocks,
  checkTiers,
  checkLetters,
  checkGroups,
  checkEvents,
];

/**
 * Looks for what is wrong, or will be, with topics, retention, clocks, tiers, dead letters, groups and events. Changes nothing.
 * @param services - what is consumed and published; without any, only what the broker alone tells is looked at
 * @param onFindings - told as each check ends: with thousands of topics the whole takes a while
 * @throws TransportError
 */
export async function checkup(
  parts: OpsParts,
  services: readonly ServiceDescription[],
  onFindings?: (found: readonly Finding[]) => void,
): Promise<Finding[]> {
  const topics = await new TopicOps(parts).list({ all: true });
  const findings: Finding[] = [];
  for (const check of CHECKS) {
    const found = await check({ parts, services, topics });
    onFindings?.(found);
    findings.push(...found);
  }
  return findings;
}
