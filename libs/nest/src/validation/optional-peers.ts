import { loadTransformMetadata, type TransformMetadata } from './transform-metadata.js';

/** The optional peers, as far as they are installed. */
export interface OptionalPeers {
  readonly validator: typeof import('class-validator') | undefined;
  readonly transformer: typeof import('class-transformer') | undefined;
  /** undefined also when class-transformer hides what it knows of classes: then every class may have its decorators. */
  readonly transformMetadata: TransformMetadata | undefined;
}

/** Loads class-validator and class-transformer where they are installed. Called at boot, so that publishing never waits. */
export async function loadOptionalPeers(): Promise<OptionalPeers> {
  const [validator, transformer] = await Promise.all([
    ifInstalled('class-validator', () => import('class-validator')),
    ifInstalled('class-transformer', () => import('class-transformer')),
  ]);
  return {
    validator,
    transformer,
    transformMetadata: transformer && (await loadTransformMetadata(transformer)),
  };
}

/** What `load` imports; undefined when that very package is missing. A package that is there but broken is an error. */
export async function ifInstalled<T>(name: string, load: () => Promise<T>): Promise<T | undefined> {
  try {
    return await load();
  } catch (error) {
    if (isMissing(error, name)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  // Node says the first for `import`, the second for `require`, to which some test runners turn it.
  return (
    (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && String(message).includes(`'${name}'`)
  );
}
