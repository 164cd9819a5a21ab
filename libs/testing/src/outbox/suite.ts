import type { TestApi } from '../conformance/suite.js';
import { StoreContext } from './context.js';
import type { OutboxStoreNeed, OutboxStoreSetup } from './setup.js';
import { checkCases } from './cases/check.js';
import { deadCases } from './cases/dead.js';
import { fencingCases } from './cases/fencing.js';
import { forgettingCases } from './cases/forgetting.js';
import { holdingCases } from './cases/holding.js';
import { horizonCases } from './cases/horizon.js';
import { insertingCases } from './cases/inserting.js';
import { knowingCases } from './cases/knowing.js';
import { leaseCases } from './cases/leases.js';
import { orderCases } from './cases/order.js';
import { pendingCases } from './cases/pending.js';
import { rememberingCases } from './cases/remembering.js';
import { schedulingCases } from './cases/scheduling.js';
import { settlingCases } from './cases/settling.js';
import { statusCases } from './cases/status.js';
import { transactionCases } from './cases/transactions.js';

/** One thing that every store must do. Plain data, so that any test framework can run it. */
export interface StoreCase {
  /** Says the rule; stable, so that a report can be compared. */
  readonly name: string;
  readonly needs?: readonly OutboxStoreNeed[];
  /** @throws AssertionError when the store breaks the rule */
  run<Tx>(context: StoreContext<Tx>): Promise<void>;
}

/** A case bound to a store. */
export interface BoundStoreCase {
  readonly name: string;
  /** What the store lacks for it; when not empty, skip it. */
  readonly lacks: readonly OutboxStoreNeed[];
  /** In a world of its own, which is cleaned up whatever happens. @throws AssertionError */
  readonly run: () => Promise<void>;
}

const storeCases: readonly StoreCase[] = [
  ...insertingCases,
  ...orderCases,
  ...horizonCases,
  ...pendingCases,
  ...settlingCases,
  ...holdingCases,
  ...deadCases,
  ...schedulingCases,
  ...leaseCases,
  ...fencingCases,
  ...transactionCases,
  ...rememberingCases,
  ...forgettingCases,
  ...knowingCases,
  ...statusCases,
  ...checkCases,
];

/** Every case of the suite, bound to the store of `setup`. A store that passes them keeps the port's contract. */
export function outboxStoreConformance<Tx>(setup: OutboxStoreSetup<Tx>): readonly BoundStoreCase[] {
  return storeCases.map((found) => ({
    name: found.name,
    lacks: (found.needs ?? []).filter((need) => setup.lacks?.includes(need)),
    run: () => runCase(found, setup),
  }));
}

/** Registers the whole suite with a test framework: `describeOutboxStore({ describe, it }, setup)`. */
export function describeOutboxStore<Tx>({ describe, it }: TestApi, setup: OutboxStoreSetup<Tx>): void {
  describe(`outbox store conformance of ${setup.name}`, () => {
    for (const { name, lacks, run } of outboxStoreConformance(setup)) {
      if (lacks.length > 0) it.skip(`${name} [lacks ${lacks.join(', ')}]`, run);
      else it(name, run);
    }
  });
}

async function runCase<Tx>(found: StoreCase, setup: OutboxStoreSetup<Tx>): Promise<void> {
  const context = new StoreContext(setup, await setup.create());
  try {
    await found.run(context);
  } catch (error) {
    // What the case found is the news; that the store then does not close well is a consequence.
    await context.finish().catch(() => undefined);
    throw error;
  }
  await context.finish();
}
