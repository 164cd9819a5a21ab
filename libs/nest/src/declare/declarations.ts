import 'reflect-metadata';
import { ConfigurationError, type EventRef, type HandlerOptions } from '@tramline/core';

/** What one `@OnEvent` said. `options` is null where none were given. */
export interface Declaration {
  readonly events: readonly EventRef[];
  readonly options: HandlerOptions | null;
}

type Declarations = Map<string | symbol, readonly Declaration[]>;

// A string, so that two copies of this package in one process still find each other's handlers.
const DECLARATIONS = 'tramline:handlers';

/**
 * Keeps a declaration at the prototype, not at the function as Nest's own decorators do: another decorator that replaces
 * the function, such as `@Transactional()`, must not make a handler vanish without a word.
 */
export function addDeclaration(target: object, method: string | symbol, declaration: Declaration): void {
  if (typeof target === 'function') {
    throw new ConfigurationError([
      `${target.name}.${String(method)} is static: @OnEvent is for methods of providers and controllers. Remove 'static'.`,
    ]);
  }
  const own = (Reflect.getOwnMetadata(DECLARATIONS, target) as Declarations | undefined) ?? new Map();
  // Decorators run from the method upwards: put in front, the list reads as the source does.
  own.set(method, [declaration, ...(own.get(method) ?? [])]);
  Reflect.defineMetadata(DECLARATIONS, own, target);
}

/**
 * The handlers of a class by method, inherited ones included. A subclass that overrides a method keeps its handler; one
 * that decorates it anew replaces what the parent declared.
 */
export function declarationsOf(
  prototype: object | null,
): ReadonlyMap<string | symbol, readonly Declaration[]> {
  const found: Declarations = new Map();
  for (let owner = prototype; owner; owner = Object.getPrototypeOf(owner) as object | null) {
    const own = Reflect.getOwnMetadata(DECLARATIONS, owner) as Declarations | undefined;
    for (const [method, declarations] of own ?? []) {
      if (!found.has(method)) found.set(method, declarations);
    }
  }
  return found;
}
