import type { Found } from './doctor.js';

/** What the parts of Tramline need. Each is a version from which on it works. */
const NEEDS = { anything: [20, 19], embedded: [22, 13], nodeSqlite: [22, 16] } as const;

/** @param version - as `process.versions.node` has it */
export function checkNode(version: string): Found {
  const fits = ([major, minor]: readonly [number, number]) => {
    const [ours = 0, more = 0] = version.split('.').map(Number);
    return ours > major || (ours === major && more >= minor);
  };
  if (!fits(NEEDS.anything)) {
    const fix = 'Use Node 22.16 or newer.';
    return { check: 'node', level: 'fault', message: `Node ${version} is older than 20.19.`, fix };
  }
  const missing = [
    ...(fits(NEEDS.embedded) ? [] : ['the embedded transport (22.13)']),
    ...(fits(NEEDS.nodeSqlite) ? [] : ['nodeSqlite of the outbox (22.16)']),
  ];
  if (missing.length === 0) return { check: 'node', level: 'ok', message: `Node ${version}.`, fix: null };
  const message = `Node ${version} is too old for ${missing.join(' and ')}.`;
  return { check: 'node', level: 'hint', message, fix: 'Use a newer Node where you use them.' };
}
