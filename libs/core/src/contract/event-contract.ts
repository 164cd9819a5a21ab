import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Contract, EventClass, KeyFunction } from './contract.js';

/**
 * Where a class carries its contract. A registered symbol, so that two copies of this package in one process agree; the
 * property is the class's own, so that a subclass does not pass for its parent's event unnoticed.
 */
const CONTRACT = Symbol.for('@tramline/core:contract');

/** What is said of an event beyond its name. */
export interface EventContractOptions<K> {
  /**
   * The property of the payload that keys the record, or a function of the payload: events of one key stay in order. null:
   * no order, spread evenly over the partitions. Has no default, because order cannot be had back later.
   */
  readonly key: K;
  /** The topic, without the namespace. Several types on one topic are ordered together. Default: the event's name. */
  readonly topic?: string;
}

/** As {@link EventContractOptions}, with a schema: any library that implements Standard Schema 1, synchronously. */
export interface EventSchemaOptions<
  K,
  S extends StandardSchemaV1 = StandardSchemaV1,
> extends EventContractOptions<K> {
  readonly schema?: S;
}

/**
 * Makes a class the contract of an event. Only records: what is wrong with it is told, all faults at once, when a bus is
 * made. TypeScript refuses a `key` that is not a property of the class.
 */
export function EventContract<const K extends string>(
  type: string,
  options: EventSchemaOptions<K>,
): (target: EventClass<Record<K, unknown>>) => void;
export function EventContract<T extends object = object>(
  type: string,
  options: EventSchemaOptions<KeyFunction<T> | null>,
): (target: EventClass<T>) => void;
export function EventContract(
  type: string,
  options: EventSchemaOptions<string | KeyFunction | null>,
): (target: EventClass) => void {
  return (target) => {
    const value: Contract = { ...contractFrom(type, options), target };
    Object.defineProperty(target, CONTRACT, { value, configurable: true });
  };
}

/**
 * The contract of an event without a class: its payloads are plain objects. The payload's type is `T`, or the schema's output,
 * or, with neither, any properties. (`NoInfer`: neither the key nor the place where the contract is used may decide it.)
 */
export function defineEvent<T extends object = Record<string, unknown>>(
  type: string,
  options: EventSchemaOptions<
    (keyof NoInfer<T> & string) | KeyFunction<NoInfer<T>> | null,
    StandardSchemaV1<unknown, T>
  >,
): Contract<NoInfer<T>> {
  return Object.freeze(contractFrom(type, options)) as Contract<T>;
}

/** The contract that a class itself carries; undefined for a class that carries none, whatever its parents do. */
export function contractOf(target: EventClass): Contract | undefined {
  return Object.hasOwn(target, CONTRACT)
    ? (target as unknown as Record<symbol, Contract>)[CONTRACT]
    : undefined;
}

/** The nearest parent class that carries a contract, for messages to those who forgot to decorate the child. */
export function decoratedParent(target: EventClass): EventClass | undefined {
  let parent: unknown = Object.getPrototypeOf(target);
  while (typeof parent === 'function') {
    if (contractOf(parent as EventClass)) return parent as EventClass;
    parent = Object.getPrototypeOf(parent);
  }
  return undefined;
}

/** Takes what is not there for granted as little as JavaScript callers do: the registry judges the result. */
function contractFrom(
  type: string,
  options: EventSchemaOptions<string | KeyFunction<never> | null> | undefined,
): Contract {
  return {
    type,
    topic: options?.topic ?? type,
    key: options?.key as Contract['key'],
    ...(options?.schema ? { schema: options.schema } : {}),
  };
}
