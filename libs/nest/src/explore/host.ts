import type { DiscoveryService } from '@nestjs/core';
import { declarationsOf, type Declaration } from '../declare/declarations.js';

/** Nest's record of a provider or controller. */
export type Wrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** A provider or controller with handlers. */
export interface HandlerHost {
  readonly wrapper: Wrapper;
  /** The name of the concrete class; empty for a class without one. */
  readonly className: string;
  readonly moduleName: string;
  readonly handlers: ReadonlyMap<string | symbol, readonly Declaration[]>;
}

/** What Nest holds at `wrapper`, when its class declares handlers. Aliases are left out: their provider is found itself. */
export function hostOf(wrapper: Wrapper): HandlerHost | undefined {
  if (wrapper.isAlias) return undefined;
  const prototype = prototypeOf(wrapper);
  const handlers = declarationsOf(prototype);
  if (!prototype || handlers.size === 0) return undefined;
  return {
    wrapper,
    className: prototype.constructor.name,
    moduleName: wrapper.host?.metatype?.name ?? 'an unknown module',
    handlers,
  };
}

/** Of a provider that Nest makes per request there is no instance, but there is its class. */
function prototypeOf(wrapper: Wrapper): object | null {
  const { instance, metatype } = wrapper as { instance: unknown; metatype: { prototype?: object } | null };
  if (typeof instance === 'object' && instance !== null)
    return Object.getPrototypeOf(instance) as object | null;
  return wrapper.isNotMetatype ? null : (metatype?.prototype ?? null);
}
