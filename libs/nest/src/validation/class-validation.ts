import {
  ConfigurationError,
  PayloadError,
  StandardValidation,
  asError,
  contractOf,
  silentLog,
  type Contract,
  type EventRef,
  type Log,
  type PayloadFault,
  type Validation,
} from '@tramline/core';
import { ClassTraitsCache, type ClassTraits } from './class-traits.js';
import { instantiate, isObject } from './instantiate.js';
import type { OptionalPeers } from './optional-peers.js';
import { ToPlain } from './to-plain.js';
import type { Class } from './transform-metadata.js';
import { UncheckedClasses } from './unchecked-classes.js';
import { faultsOf } from './validation-faults.js';

/**
 * Validates and converts payloads of contract classes with class-validator and class-transformer, as far as they are
 * installed; contracts with a Standard Schema and those without a class are left to core. Unknown properties are accepted
 * on both sides: a contract grows without all services being deployed at once.
 */
export class ClassValidation implements Validation {
  private readonly standard = new StandardValidation();
  private readonly traits: ClassTraitsCache;
  private readonly plain: ToPlain;
  private readonly unchecked: UncheckedClasses;

  constructor(
    private readonly peers: OptionalPeers,
    log: Log = silentLog,
  ) {
    this.unchecked = new UncheckedClasses(log);
    this.traits = new ClassTraitsCache(peers);
    this.plain = new ToPlain(this.traits, (instance) => peers.transformer!.instanceToPlain(instance));
  }

  outgoing(contract: Contract, payload: unknown): unknown {
    const { target } = contract;
    if (contract.schema || !target)
      return this.converting(contract, () => this.plain.convert(this.standard.outgoing(contract, payload)));
    if (!isObject(payload) || Array.isArray(payload)) throw notAnObject(contract, target, payload);
    const traits = this.traits.of(target);
    this.warnIfUnchecked(contract);
    return this.converting(contract, () => {
      if (!traits.validated && !traits.transformed) return this.plain.convert(payload);
      const instance = payload instanceof target ? payload : this.fill(target, payload);
      this.check(contract, instance, traits);
      return this.plain.convert(instance);
    });
  }

  incoming(contract: Contract, payload: unknown): unknown {
    const { target } = contract;
    if (contract.schema || !target) return this.standard.incoming(contract, payload);
    if (!isObject(payload) || Array.isArray(payload)) throw notAnObject(contract, target, payload);
    const traits = this.traits.of(target);
    return this.converting(contract, () => {
      const instance = traits.transformed
        ? this.peers.transformer!.plainToInstance(target as new () => object, payload)
        : instantiate(target, payload);
      this.check(contract, instance, traits);
      return instance;
    });
  }

  /** What makes an event's class unusable, for boot: found later, it would turn every event of it into a dead letter. */
  faultsOf(ref: EventRef): string[] {
    const target = typeof ref === 'function' ? ref : contractBehind(ref)?.target;
    return target ? [...this.traits.of(target).faults] : [];
  }

  /**
   * Logs a warning, once for each class, when nothing checks its payloads. Not where class-validator is missing: who left it
   * out knows that classes are not checked.
   */
  warnIfUnchecked(ref: EventRef): void {
    const contract = contractBehind(ref);
    if (!this.peers.validator || !contract?.target || contract.schema) return;
    if (!this.traits.of(contract.target).validated) this.unchecked.tell(contract, contract.target);
  }

  private fill(target: Class, payload: object): object {
    const { transformer, transformMetadata } = this.peers;
    if (transformer && !transformMetadata) {
      return transformer.plainToInstance(target as new () => object, payload, { ignoreDecorators: true });
    }
    return instantiate(target, payload, transformMetadata);
  }

  private check(contract: Contract, instance: object, { validated, faults }: ClassTraits): void {
    if (!validated) return;
    if (faults.length > 0) throw new ConfigurationError(faults);
    // Without `forbidUnknownValues: false` nested objects of classes without rules would be refused.
    const errors = this.peers.validator!.validateSync(instance, {
      forbidUnknownValues: false,
      validationError: { target: false, value: false },
    });
    if (errors.length > 0) throw new PayloadError(contract.type, faultsOf(errors));
  }

  /** A constructor, a `@Transform` or a validator of the contract may throw: the payload's fault as far as one can know. */
  private converting<T>(contract: Contract, convert: () => T): T {
    try {
      return convert();
    } catch (thrown) {
      if (thrown instanceof PayloadError || thrown instanceof ConfigurationError) throw thrown;
      const error = asError(thrown);
      const fault: PayloadFault = {
        path: '',
        message: `cannot be converted: ${error.name}: ${error.message}`,
      };
      throw new PayloadError(contract.type, [fault], { cause: error });
    }
  }
}

function contractBehind(ref: EventRef): Contract | undefined {
  if (typeof ref === 'function') return contractOf(ref);
  return typeof ref === 'object' ? (ref ?? undefined) : undefined;
}

function notAnObject({ type }: Contract, target: Class, payload: unknown): PayloadError {
  const given = Array.isArray(payload)
    ? 'an array'
    : payload === null || payload === undefined
      ? String(payload)
      : `a ${typeof payload}`;
  return new PayloadError(type, [
    { path: '', message: `must be an object of class ${target.name}, not ${given}` },
  ]);
}
