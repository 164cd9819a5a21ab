import type { ApplicationConfig } from '@nestjs/core';

/** The names of an application's global enhancers, those that Nest makes anew per request apart. */
export interface GlobalEnhancers {
  readonly shared: readonly string[];
  readonly scoped: readonly string[];
}

export function globalEnhancersOf(config: ApplicationConfig): GlobalEnhancers {
  const shared = [
    ...config.getGlobalGuards(),
    ...config.getGlobalInterceptors(),
    ...config.getGlobalPipes(),
    ...config.getGlobalFilters(),
  ];
  const scoped = [
    ...config.getGlobalRequestGuards(),
    ...config.getGlobalRequestInterceptors(),
    ...config.getGlobalRequestPipes(),
    ...config.getGlobalRequestFilters(),
  ];
  return {
    shared: shared.map((enhancer) => nameOf(enhancer)),
    scoped: scoped.map(({ metatype, name }) => metatype?.name ?? String(name)),
  };
}

function nameOf(enhancer: object): string {
  return (typeof enhancer === 'function' ? enhancer.name : enhancer.constructor.name) || 'an unnamed one';
}
