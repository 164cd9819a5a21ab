import 'reflect-metadata';
import {
  EXCEPTION_FILTERS_METADATA,
  GUARDS_METADATA,
  INTERCEPTORS_METADATA,
  PIPES_METADATA,
  ROUTE_ARGS_METADATA,
} from '@nestjs/common/constants.js';

/** What Nest knows of a method as something to be called: the enhancers of its class and itself, and its parameters. */
export interface MethodEnhancers {
  readonly guards: readonly unknown[];
  readonly interceptors: readonly unknown[];
  readonly pipes: readonly unknown[];
  readonly filters: readonly unknown[];
  readonly parameters: readonly DecoratedParameter[];
}

export interface DecoratedParameter {
  readonly index: number;
  readonly pipes: readonly unknown[];
  /** Of Nest 12's `@Payload({ schema })`. */
  readonly schema?: unknown;
}

/** The enhancers of a handler's method, classes and instances alike. Global ones are not among them. */
export function enhancersOf(instance: object, method: string): MethodEnhancers {
  const type = instance.constructor;
  const callback = (instance as Record<string, unknown>)[method] as object;
  const both = (key: string) => [
    ...list(Reflect.getMetadata(key, type)),
    ...list(Reflect.getMetadata(key, callback)),
  ];
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, type, method) ?? {}) as Record<
    string,
    DecoratedParameter
  >;
  return {
    guards: both(GUARDS_METADATA),
    interceptors: both(INTERCEPTORS_METADATA),
    pipes: both(PIPES_METADATA),
    filters: both(EXCEPTION_FILTERS_METADATA),
    parameters: Object.values(parameters).map(({ index, pipes, schema }) => ({
      index,
      pipes: list(pipes),
      schema,
    })),
  };
}

/** How many parameters a method has, as far as decorators' metadata or the function itself tell. */
export function parameterCount(instance: object, method: string): number {
  const types = Reflect.getMetadata('design:paramtypes', instance, method) as readonly unknown[] | undefined;
  const { length } = (instance as Record<string, unknown>)[method] as { length: number };
  return Math.max(types?.length ?? 0, length);
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
