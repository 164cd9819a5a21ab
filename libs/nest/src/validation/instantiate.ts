import type { Class, Discriminator, TransformMetadata } from './transform-metadata.js';

/**
 * An instance of `target` with the content of a plain object that a publisher wrote in the class's own terms, nested
 * objects made instances of what `@Type` says. Not `plainToInstance`: that reads what came over the wire, so it would
 * look for the names of `@Expose`, run the transformations of reading, and take discriminators out of the caller's object.
 */
export function instantiate(target: Class, plain: object, metadata?: TransformMetadata): object {
  const instance = construct(target);
  for (const [property, value] of Object.entries(plain)) {
    // An own `constructor` would also make class-validator look for the rules of another class.
    if (property === '__proto__' || property === 'constructor') continue;
    const found = isObject(value) ? metadata?.typeOf(target, property, plain) : undefined;
    const filled =
      typeof found?.type === 'function'
        ? nested(value, found.type as Class, found.discriminator, metadata)
        : (value as unknown);
    if (accepts(instance, property)) (instance as Record<string, unknown>)[property] = filled;
  }
  return instance;
}

/** As class-transformer does it, so that defaults of fields apply; where a constructor asks for arguments, without it. */
function construct(target: Class): object {
  try {
    return new (target as new () => object)();
  } catch {
    return Object.create(target.prototype as object) as object;
  }
}

function nested(
  value: unknown,
  type: Class,
  discriminator: Discriminator | undefined,
  metadata: TransformMetadata | undefined,
): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => nested(item, type, discriminator, metadata));
  if (value instanceof Set)
    return new Set([...value].map((item: unknown) => nested(item, type, discriminator, metadata)));
  if (value instanceof Map) {
    return new Map(
      [...value].map(([key, item]: [unknown, unknown]) => [key, nested(item, type, discriminator, metadata)]),
    );
  }
  if (!isPlain(value)) return value;
  const name = discriminator && (value as Record<string, unknown>)[discriminator.property];
  const subType = discriminator?.subTypes.find((one) => one.name === name)?.value;
  return instantiate(subType ?? type, value, metadata);
}

/** Properties that a getter or a method of the class stands for cannot be filled. */
function accepts(instance: object, property: string): boolean {
  if (!(property in instance)) return true;
  for (let owner: unknown = Object.getPrototypeOf(instance); owner; owner = Object.getPrototypeOf(owner)) {
    const descriptor = Object.getOwnPropertyDescriptor(owner, property);
    if (descriptor)
      return !!descriptor.set || ('value' in descriptor && typeof descriptor.value !== 'function');
  }
  return true;
}

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

export function isPlain(value: unknown): value is object {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
