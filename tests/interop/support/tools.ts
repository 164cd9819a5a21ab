import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';
import { findTools } from '../../../scripts/kafka/tools.ts';
import { describeWithKafka } from '../../kafka/support/broker.ts';

/** What foreign clients need, whether it is there, and how to get it. */
const NEEDS = {
  python: {
    isThere: () => succeeds('python3', ['-c', 'import ensurepip, venv']),
    howTo: 'Python 3 with venv (Debian: apt-get install python3-venv)',
  },
  go: { isThere: () => succeeds('go', ['version']), howTo: 'Go 1.24 or newer (https://go.dev/dl)' },
  java: {
    isThere: () =>
      findTools().java && findTools().maven && succeeds('java', ['--describe-module', 'jdk.compiler']),
    howTo: 'a JDK of 17 or newer, and Maven (Debian: apt-get install openjdk-17-jdk-headless maven)',
  },
} as const;

export type Need = keyof typeof NEEDS;

/**
 * A suite that needs a broker and foreign clients. Without one of them it is skipped, and says so; where CI is set, nothing
 * may be skipped.
 * @throws Error in CI when something is missing
 */
export function describeWith(...needs: readonly Need[]): typeof describe | typeof describe.skip {
  const missing = needs.filter((need) => !NEEDS[need].isThere());
  if (missing.length === 0) return describeWithKafka;
  const what = `Interoperation tests need ${missing.map((need) => NEEDS[need].howTo).join(', and ')}.`;
  if (process.env['CI']) throw new Error(`${what}`);
  console.warn(`${what} They were not run.`);
  return describe.skip;
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
