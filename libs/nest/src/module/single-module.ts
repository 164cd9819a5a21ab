import type { ModulesContainer } from '@nestjs/core';
import { ConfigurationError } from '@tramline/core';
import { importersOf, type NestModule } from './importers.js';

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
  const names = first ? importersOf(first.metatype, all) : [];
  const by = names.length > 0 ? ` (by ${names.join(', ')})` : '';
  throw new ConfigurationError([
    `TramlineModule is imported ${holders.length} times with different options${by}. One application has one bus: import it once, with forRoot or forRootAsync in the root module; it is global.`,
  ]);
}
