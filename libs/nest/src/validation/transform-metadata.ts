import 'reflect-metadata';

/** What class-transformer's decorators said of classes. Asked only where this saves work or a wrong guess. */
export interface TransformMetadata {
  /** Whether the class or a parent of it has `@Type`, `@Expose`, `@Exclude` or `@Transform` anywhere. */
  has(target: Class): boolean;
  /** What `@Type` says of a property of `object`. Throws what the function given to `@Type` throws. */
  typeOf(target: Class, property: string, object: object): PropertyType | undefined;
}

export type Class = abstract new (...args: never[]) => object;

export interface PropertyType {
  readonly type: unknown;
  /** Classes by the value of one property of the content. */
  readonly discriminator: Discriminator | undefined;
}

export interface Discriminator {
  readonly property: string;
  readonly subTypes: readonly { readonly value: Class; readonly name: string }[];
}

interface TypeRecord {
  readonly typeFunction?: (help: { newObject: object; object: object; property: string }) => unknown;
  readonly options?: { readonly discriminator?: Discriminator };
}

interface Storage {
  readonly _typeMetadatas: ReadonlyMap<unknown, unknown>;
  readonly _transformMetadatas: ReadonlyMap<unknown, unknown>;
  readonly _exposeMetadatas: ReadonlyMap<unknown, unknown>;
  readonly _excludeMetadatas: ReadonlyMap<unknown, unknown>;
  findTypeMetadata(target: Class, property: string): TypeRecord | undefined;
}

// class-transformer has no public way to ask. A variable, because this file has no types; its last release is of 2021.
const STORAGE = 'class-transformer/cjs/storage.js';

/**
 * The metadata that `transformer` works by; undefined when it cannot be found, which its bundled copies make possible:
 * then the storage is another one than the decorators write to, which a probe tells.
 */
export async function loadTransformMetadata(
  transformer: Pick<typeof import('class-transformer'), 'Exclude' | 'Expose' | 'Transform' | 'Type'>,
  specifier = STORAGE,
): Promise<TransformMetadata | undefined> {
  let storage: Storage | undefined;
  try {
    const module = (await import(/* @vite-ignore */ specifier)) as { defaultMetadataStorage?: Storage };
    storage = module.defaultMetadataStorage;
  } catch {
    return undefined;
  }
  return storage && knowsProbe(storage, transformer) ? new StoredMetadata(storage) : undefined;
}

function knowsProbe(
  storage: Storage,
  { Exclude, Expose, Transform, Type }: Parameters<typeof loadTransformMetadata>[0],
): boolean {
  class Probe {}
  Exclude()(Probe.prototype, 'a');
  Expose()(Probe.prototype, 'b');
  Transform(({ value }) => value as unknown)(Probe.prototype, 'c');
  Type(() => Probe)(Probe.prototype, 'd');
  return (
    maps(storage).every((map) => map instanceof Map && map.has(Probe)) &&
    !!storage.findTypeMetadata(Probe, 'd')
  );
}

const maps = (storage: Storage) => [
  storage._typeMetadatas,
  storage._transformMetadatas,
  storage._exposeMetadatas,
  storage._excludeMetadatas,
];

class StoredMetadata implements TransformMetadata {
  constructor(private readonly storage: Storage) {}

  has(target: Class): boolean {
    for (let owner: unknown = target; typeof owner === 'function'; owner = Object.getPrototypeOf(owner)) {
      if (maps(this.storage).some((map) => map.has(owner))) return true;
    }
    return false;
  }

  typeOf(target: Class, property: string, object: object): PropertyType | undefined {
    const record = this.storage.findTypeMetadata(target, property);
    if (!record?.typeFunction) return undefined;
    return {
      type: record.typeFunction({ newObject: {}, object, property }),
      discriminator: record.options?.discriminator,
    };
  }
}
