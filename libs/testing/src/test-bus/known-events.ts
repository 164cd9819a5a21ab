import { contractOf, type Contract, type EventRef } from '@tramline/core';
import { TestBusError } from './test-bus-error.js';

/** The contracts that a bus under test was told of, to find one by its name. */
export class KnownEvents {
  readonly #byType = new Map<string, Contract>();

  add(refs: readonly EventRef[]): void {
    for (const ref of refs) {
      const contract = typeof ref === 'function' ? contractOf(ref) : ref;
      if (contract && typeof contract === 'object') this.#byType.set(contract.type, contract);
    }
  }

  /** @throws TestBusError for a class without a contract */
  contractOf(ref: EventRef): Contract {
    if (typeof ref === 'string') return this.#byType.get(ref) ?? { type: ref, topic: ref, key: null };
    if (typeof ref !== 'function') return ref;
    const contract = contractOf(ref);
    if (contract) return contract;
    throw new TestBusError(
      `class ${ref.name} has no @EventContract. Give the class of an event, or its name.`,
    );
  }
}
