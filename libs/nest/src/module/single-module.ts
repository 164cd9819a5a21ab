import type { ModulesContainer } from '@nestjs/core';
import { ConfigurationError } from '@tramline/core';

/** Nest's record of a module. */
export type NestModule = ModulesContainer extends Map<string, infer M> ? M : never;

/**
 * The record of the one module that holds `provider`.
 * @throws ConfigurationError when there are several: two buses in one application would compete for its handlers
 */
export function onlyModuleWith(
  modules: ModulesContainer,
  provider: abstract new (...args: never[]) => unknown,
): NestModule {
  const all = [...modules.values()];
  const holders = all.filter((module) => module.providers.has(provider));
  const [first] = holders;
  if (first && holders.length === 1) return first;
  const importers = holders.flatMap((holder) => all.filter(({ imports }) => imports.has(holder)));
  const names = [...new Set(importers.map(({ metatype }) => metatype.name))];
  throw new ConfigurationError([
    `TramlineModule is imported ${holders.length} times with different options (by ${names.join(', ')}). One application has one bus: import it once, with forRoot or forRootAsync in the root module; it is global.`,
  ]);
}
