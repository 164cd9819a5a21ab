import type { OptionalPeers } from './optional-peers.js';
import type { Class } from './transform-metadata.js';

/** What is known of a class once and for all. */
export interface ClassTraits {
  /** class-validator has rules for it. */
  readonly validated: boolean;
  /** class-transformer has something to do with its instances. */
  readonly transformed: boolean;
  /** Why its rules cannot be used. */
  readonly faults: readonly string[];
}

/** Finds and remembers the traits of classes, so that a class without decorators costs nothing. */
export class ClassTraitsCache {
  private readonly known = new WeakMap<Class, ClassTraits>();

  constructor(private readonly peers: OptionalPeers) {}

  of(target: Class): ClassTraits {
    let traits = this.known.get(target);
    if (!traits) {
      traits = {
        validated: this.rulesOf(target).length > 0,
        transformed: this.isTransformed(target),
        faults: this.faultsOf(target, new Set()),
      };
      this.known.set(target, traits);
    }
    return traits;
  }

  /**
   * Asynchronous validators of a class and of what it holds: class-validator would skip them without a word where it is
   * used synchronously, and waiting would let events of a key overtake each other.
   */
  private faultsOf(target: Class, seen: Set<Class>): string[] {
    if (seen.has(target) || !this.peers.validator) return [];
    seen.add(target);
    const { ValidationTypes, getMetadataStorage } = this.peers.validator;
    const storage = getMetadataStorage();
    return this.rulesOf(target).flatMap((rule) => {
      const isAsync =
        rule.type === ValidationTypes.PROMISE_VALIDATION ||
        (!!rule.constraintCls &&
          storage.getTargetValidatorConstraints(rule.constraintCls).some((one) => one.async));
      const own = isAsync
        ? [
            `${target.name}.${rule.propertyName}: its validator is asynchronous, and events are validated synchronously. Let the publisher or the handler check what must be waited for.`,
          ]
        : [];
      const nested =
        rule.type === ValidationTypes.NESTED_VALIDATION ? this.nestedIn(target, rule.propertyName) : [];
      return [...own, ...nested.flatMap((type) => this.faultsOf(type, seen))];
    });
  }

  private nestedIn(target: Class, property: string): Class[] {
    try {
      const found = this.peers.transformMetadata?.typeOf(target, property, {});
      const types = [found?.type, ...(found?.discriminator?.subTypes ?? []).map(({ value }) => value)];
      return types.filter((type): type is Class => typeof type === 'function');
    } catch {
      // A type that depends on the content cannot be asked for without content.
      return [];
    }
  }

  private rulesOf(target: Class) {
    return (
      this.peers.validator?.getMetadataStorage().getTargetValidationMetadatas(target, '', false, false) ?? []
    );
  }

  private isTransformed(target: Class): boolean {
    if (!this.peers.transformer) return false;
    return this.peers.transformMetadata?.has(target) ?? true;
  }
}
