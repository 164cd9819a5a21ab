import { ConfigurationError, TramlineError } from '../errors.js';
import type { Contract, EventClass, EventRef } from './contract.js';
import { contractFaults, sameContract } from './contract-faults.js';
import { contractOf, decoratedParent } from './event-contract.js';

/** An event was to be published by a name that no contract of this bus has. */
export class UnknownEventError extends TramlineError {
  readonly code = 'TRAMLINE_UNKNOWN_EVENT';
  /** For publishers: nothing was written. */
  readonly outcome = 'not-written';

  constructor(readonly eventType: string) {
    super(
      `No contract of an event '${eventType}' is known here, so its key and topic are not. List its class or its defineEvent(…) in 'contracts', or publish by the class.`,
    );
  }
}

/**
 * The contracts that one bus knows. Filled at boot, when every fault is gathered and told at once by {@link check};
 * afterwards a class or contract that was not listed is taken in when it is first used, and its faults are thrown there.
 */
export class ContractRegistry {
  private readonly known = new Map<string, { readonly contract: Contract; readonly place: string }>();
  private readonly settled = new Set<Contract>();
  private readonly bareNames = new Map<string, Contract>();
  private readonly faults: string[] = [];

  /** Takes in what `ref` refers to. `place` says in messages who referred to it, such as `Greeter.greet` or `contracts[2]`. */
  add(ref: EventRef, place: string): void {
    this.faults.push(...this.take(ref, place));
  }

  /** @throws ConfigurationError with everything that was wrong in all calls of {@link add} */
  check(): void {
    const faults = this.allFaults();
    if (faults.length > 0) throw new ConfigurationError(faults);
  }

  /** The faults found so far, for a caller that has others to tell along with them. */
  allFaults(): string[] {
    return [...this.faults, ...this.topicClashes()];
  }

  /**
   * The contract to publish by. Bare names must be known.
   * @throws UnknownEventError for an unknown name, ConfigurationError for a class or contract that is at fault
   */
  resolve(ref: EventRef): Contract {
    if (typeof ref === 'string') {
      const contract = this.known.get(ref)?.contract;
      if (contract) return contract;
      throw new UnknownEventError(ref);
    }
    const contract = typeof ref === 'function' ? contractOf(ref) : ref;
    if (!isContract(contract)) throw new ConfigurationError([undecorated(ref)]);
    if (this.settled.has(contract)) return contract;
    const faults = this.take(ref, describe(ref));
    if (faults.length > 0) throw new ConfigurationError(faults);
    return contract;
  }

  /** The contract to consume by: an unknown name is an event of that name on the topic of that name. */
  resolveForHandling(ref: EventRef): Contract {
    if (typeof ref !== 'string') return this.resolve(ref);
    const contract = this.known.get(ref)?.contract ?? this.bareNames.get(ref);
    if (contract) return contract;
    const bare: Contract = { type: ref, topic: ref, key: null };
    const faults = contractFaults(bare, `event '${ref}'`);
    if (faults.length > 0) throw new ConfigurationError(faults);
    this.bareNames.set(ref, bare);
    return bare;
  }

  byType(type: string): Contract | undefined {
    return this.known.get(type)?.contract;
  }

  /** Every contract known, bare names left out. */
  all(): Contract[] {
    return Array.from(this.known.values(), ({ contract }) => contract);
  }

  private take(ref: EventRef, place: string): string[] {
    if (typeof ref === 'string') return contractFaults({ type: ref, topic: ref, key: null }, place);
    const contract = typeof ref === 'function' ? contractOf(ref) : ref;
    if (!isContract(contract)) return [`${place}: ${undecorated(ref)}`];
    if (this.settled.has(contract)) return [];
    const faults = contractFaults(contract, place);
    const other = this.known.get(contract.type);
    if (other && !sameContract(other.contract, contract)) {
      faults.push(
        `${place}: '${contract.type}' is the name of two contracts, ${describe(other.contract)} (${other.place}) and ${describe(contract)}. Give one of them another name, or use one contract in both places.`,
      );
    }
    if (faults.length === 0) {
      this.settled.add(contract);
      if (!other) this.known.set(contract.type, { contract, place });
    }
    return faults;
  }

  /** Kafka refuses to create a topic beside one that differs from it only in `.` and `_`: its metrics would be mixed up. */
  private topicClashes(): string[] {
    const seen = new Map<string, Contract>();
    const faults: string[] = [];
    for (const { contract, place } of this.known.values()) {
      const folded = contract.topic.replaceAll('_', '.');
      const other = seen.get(folded);
      if (other && other.topic !== contract.topic) {
        faults.push(
          `${place}: the topics '${other.topic}' of '${other.type}' and '${contract.topic}' of '${contract.type}' differ only in '.' and '_', which Kafka refuses. Rename one.`,
        );
      }
      seen.set(folded, contract);
    }
    return faults;
  }
}

/** JavaScript callers, and files that import each other, hand over anything. */
function isContract(value: unknown): value is Contract {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function undecorated(ref: unknown): string {
  if (typeof ref !== 'function') {
    return `${naming(ref)} is not an event. Give a class with @EventContract, a defineEvent(…) or a name; undefined often comes from two files that import each other.`;
  }
  const name = ref.name || '(anonymous)';
  const parent = decoratedParent(ref as EventClass);
  return parent
    ? `class ${name} has no @EventContract of its own; that of its parent ${parent.name} is not inherited. Decorate ${name} with a name of its own, or refer to ${parent.name}.`
    : `class ${name} has no @EventContract. Decorate it: @EventContract('some.name', { key: … }).`;
}

/** Not the content of objects: it may be a payload, which has no place in a message. */
function naming(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'a plain object' : String(value);
}

function describe(ref: Exclude<EventRef, string>): string {
  if (typeof ref === 'function') return `class ${ref.name || '(anonymous)'}`;
  return ref.target ? `class ${ref.target.name}` : `defineEvent('${ref.type}')`;
}
