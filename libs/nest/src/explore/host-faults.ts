import { enhancersOf, parameterCount, type MethodEnhancers } from '../call/enhancers.js';
import type { HandlerHost } from './host.js';

/** Why the handlers of a provider cannot be called, whatever they declare. */
export function hostFaults({ wrapper, className, moduleName }: HandlerHost): string[] {
  if (wrapper.isTransient) {
    return [
      `${className} (in ${moduleName}) is transient: there would be one instance per consumer, and none to handle events. Remove its scope.`,
    ];
  }
  if (!wrapper.isDependencyTreeStatic()) {
    return [
      `${className} (in ${moduleName}) is request-scoped, by itself or through something it injects, and an event has no request. Move the handler to a provider of default scope, which may resolve what it needs with ModuleRef.`,
    ];
  }
  return [];
}

/** Why one method cannot be called as a handler, or not as it says. */
export function methodFaults(
  { wrapper }: HandlerHost,
  method: string | symbol,
  globalPipes: boolean,
): string[] {
  const instance = wrapper.instance as object;
  if (typeof method === 'symbol') return ['its name is a symbol. Give the method a name.'];
  if (typeof (instance as Record<string, unknown>)[method] !== 'function') {
    return ['it is not a method. Move @OnEvent to one.'];
  }
  const enhancers = enhancersOf(instance, method);
  const { guards, interceptors, pipes, filters, parameters } = enhancers;
  const classes = [
    ...guards,
    ...interceptors,
    ...pipes,
    ...filters,
    ...parameters.flatMap((one) => one.pipes),
  ];
  return [
    ...classes.flatMap((enhancer) => enhancerFaults(wrapper, enhancer)),
    ...undecorated(enhancers, parameterCount(instance, method)),
    ...(globalPipes ? [] : unusedSchemas(enhancers)),
  ];
}

/** Nest leaves out, without a word, a guard that it finds no instance of. */
function enhancerFaults(wrapper: HandlerHost['wrapper'], enhancer: unknown): string[] {
  if (typeof enhancer !== 'function') return [];
  const held = wrapper.host?.injectables.get(enhancer);
  if (!held) {
    return [
      `Nest has no instance of ${enhancer.name}, because a factory or a value provides the class that uses it, and would leave it out. Provide the class itself, or give an instance: new ${enhancer.name}(…).`,
    ];
  }
  return held.isTransient
    ? [`${enhancer.name} is transient, which Nest cannot make for events. Remove its scope.`]
    : [];
}

/** With a decorator on one parameter Nest fills only those that have one. */
function undecorated({ parameters }: MethodEnhancers, count: number): string[] {
  if (parameters.length === 0) return [];
  const positions = Array.from({ length: Math.min(count, 2) }, (_, index) => index);
  return positions
    .filter((position) => !parameters.some(({ index }) => index === position))
    .map(
      (position) =>
        `parameter ${position + 1} has no decorator, so Nest would leave it undefined. With one on any parameter each needs one: @Payload() event, @Ctx() context.`,
    );
}

/** Nest ignores the schema of a parameter where no pipe reads it. */
function unusedSchemas({ pipes, parameters }: MethodEnhancers): string[] {
  return parameters
    .filter((parameter) => parameter.schema !== undefined && parameter.pipes.length + pipes.length === 0)
    .map(
      ({ index }) =>
        `the schema of parameter ${index + 1} would be ignored, because no pipe reads it. Give it to the contract (@EventContract(…, { schema })), or add @UsePipes(new StandardSchemaValidationPipe()).`,
    );
}
