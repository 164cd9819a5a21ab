import type { Contract, EventClass, EventRef } from '../contract/contract.js';
import type { ContractRegistry } from '../contract/contract-registry.js';

/** What one call to publish means. */
export interface Published<O> {
  readonly contract: Contract;
  readonly payload: unknown;
  readonly options: O | undefined;
}

/** Sorts out the two forms of publishing: `(ref, payload, options)` and `(instance, options)`. @throws UnknownEventError */
export function publishedBy<O>(
  contracts: ContractRegistry,
  first: EventRef | object,
  second?: unknown,
  third?: O,
): Published<O> {
  const target = classOfInstance(first);
  const contract = contracts.resolve(target ?? (first as EventRef));
  return target
    ? { contract, payload: first, options: second as O | undefined }
    : { contract, payload: second, options: third };
}

/** The class of an instance; undefined for references, which are classes, names and plain objects. */
function classOfInstance(value: EventRef | object): EventClass | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { constructor } = (Object.getPrototypeOf(value) as { constructor?: unknown } | null) ?? {};
  return typeof constructor === 'function' && constructor !== Object
    ? (constructor as unknown as EventClass)
    : undefined;
}
