import type { ClassTraitsCache } from './class-traits.js';
import { isObject, isPlain } from './instantiate.js';

/**
 * A payload as it goes to the codec: instances of classes with decorators of class-transformer, wherever they lie, made
 * plain by it; everything else as it is. Others are left out of its hands because it would take apart what knows how to
 * write itself (`toJSON` of URL, Decimal), and would hide from the codec what has no JSON form (Map, bytes, cycles).
 */
export class ToPlain {
  constructor(
    private readonly traits: ClassTraitsCache,
    private readonly instanceToPlain: (instance: object) => unknown,
  ) {}

  convert(value: unknown, above: readonly object[] = []): unknown {
    if (!isObject(value) || above.includes(value)) return value;
    if (Array.isArray(value)) return this.convertArray(value, [...above, value]);
    if (isPlain(value)) return this.convertContent(value, [...above, value]);
    const { constructor } = value;
    if (typeof constructor === 'function' && this.traits.of(constructor).transformed) {
      return this.instanceToPlain(value);
    }
    if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return value;
    return this.convertContent(value, [...above, value]);
  }

  private convertArray(values: readonly unknown[], above: readonly object[]): readonly unknown[] {
    let copy: unknown[] | undefined;
    values.forEach((value, index) => {
      const converted = this.convert(value, above);
      if (converted !== value) (copy ??= [...values])[index] = converted;
    });
    return copy ?? values;
  }

  /** Copied only when something in it changed: most payloads hold no instance and cost no more than this look. */
  private convertContent(source: object, above: readonly object[]): object {
    let copy: Record<string, unknown> | undefined;
    for (const property of Object.keys(source)) {
      const value = (source as Record<string, unknown>)[property];
      if (!isObject(value)) continue;
      const converted = this.convert(value, above);
      if (converted !== value) (copy ??= { ...source })[property] = converted;
    }
    return copy ?? source;
  }
}
