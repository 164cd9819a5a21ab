import assert from 'node:assert/strict';
import { CaseContext } from './context.js';
import type { ConformanceNeed, ConformanceSetup } from './setup.js';
import { awayCases } from './cases/away.js';
import { broadcastCases } from './cases/broadcast.js';
import { closingCases } from './cases/closing.js';
import { commitCases } from './cases/commits.js';
import { groupAdminCases } from './cases/group-admin.js';
import { hearingCases } from './cases/hearing.js';
import { loadCases } from './cases/load.js';
import { membershipCases } from './cases/membership.js';
import { pauseCases } from './cases/pause.js';
import { publishingCases } from './cases/publishing.js';
import { readingCases } from './cases/reading.js';
import { retentionCases } from './cases/retention.js';
import { takeOverCases } from './cases/take-over.js';
import { topicCases } from './cases/topics.js';
import { valueCases } from './cases/values.js';

/** One thing that every transport must do. Plain data, so that any test framework can run it. */
export interface ConformanceCase {
  /** Says the rule; stable, so that a report can be compared. */
  readonly name: string;
  readonly needs?: readonly ConformanceNeed[];
  /** @throws AssertionError when the transport breaks the rule */
  run(context: CaseContext): Promise<void>;
}

/** A case bound to a transport. */
export interface BoundCase {
  readonly name: string;
  /** What the transport lacks for it; when not empty, skip it. */
  readonly lacks: readonly ConformanceNeed[];
  /** In a world of its own, which is cleaned up whatever happens. @throws AssertionError */
  readonly run: () => Promise<void>;
}

const conformanceCases: readonly ConformanceCase[] = [
  ...publishingCases,
  ...valueCases,
  ...topicCases,
  ...readingCases,
  ...membershipCases,
  ...takeOverCases,
  ...commitCases,
  ...pauseCases,
  ...hearingCases,
  ...broadcastCases,
  ...groupAdminCases,
  ...retentionCases,
  ...awayCases,
  ...closingCases,
  ...loadCases,
];

/** Every case of the suite, bound to the transport of `setup`. A transport that passes them keeps the port's contract. */
export function transportConformance(setup: ConformanceSetup): readonly BoundCase[] {
  return conformanceCases.map((found) => ({
    name: found.name,
    lacks: (found.needs ?? []).filter((need) => setup.lacks?.includes(need)),
    run: () => runCase(found, setup),
  }));
}

/** The two functions that vitest, Jest and node:test have in common. */
export interface TestApi {
  readonly describe: (name: string, define: () => void) => unknown;
  readonly it: ((name: string, run: () => Promise<void>) => unknown) & {
    skip(name: string, run: () => Promise<void>): unknown;
  };
}

/** Registers the whole suite with a test framework: `describeConformance({ describe, it }, setup)`. */
export function describeConformance({ describe, it }: TestApi, setup: ConformanceSetup): void {
  describe(`transport conformance of ${setup.name}`, () => {
    for (const { name, lacks, run } of transportConformance(setup)) {
      if (lacks.length > 0) it.skip(`${name} [lacks ${lacks.join(', ')}]`, run);
      else it(name, run);
    }
  });
}

async function runCase(found: ConformanceCase, setup: ConformanceSetup): Promise<void> {
  const context = new CaseContext(setup, await setup.create());
  try {
    await found.run(context);
  } catch (error) {
    // What the case found is the news; that the transport then does not close well is a consequence.
    await context.finish().catch(() => undefined);
    throw error;
  }
  assert.deepEqual(await context.finish(), [], 'rules for calls of the listener were broken');
}
