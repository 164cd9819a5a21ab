import type { ModulesContainer } from '@nestjs/core';

/** Nest's record of a module. */
export type NestModule = ModulesContainer extends Map<string, infer M> ? M : never;

/**
 * The names of the modules that themselves list `target` in their imports. Nest's own records do not tell: there every
 * module imports every global one.
 */
export function importersOf(target: NestModule['metatype'], modules: Iterable<NestModule>): string[] {
  const importers = [...modules].filter((module) => importsOf(module).some((one) => classOf(one) === target));
  return [...new Set(importers.map(({ metatype }) => metatype.name))];
}

function importsOf(module: NestModule): readonly unknown[] {
  const declared = (Reflect.getMetadata('imports', module.metatype) ?? []) as readonly unknown[];
  return [...declared, ...(module['container'].getDynamicMetadataByToken(module.token, 'imports') ?? [])];
}

/** The class of an entry of `imports`: a module, a dynamic one, or a forward reference to either. */
function classOf(entry: unknown): unknown {
  const { forwardRef, module } = (entry ?? {}) as { forwardRef?: () => unknown; module?: unknown };
  return typeof forwardRef === 'function' ? classOf(forwardRef()) : (module ?? entry);
}
