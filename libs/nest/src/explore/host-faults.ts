import { enhancersOf, parameterCount } from '../call/enhancers.js';
import type { HandlerHost } from './host.js';

/** Why the handlers of a provider cannot be called, whatever they declare; each sentence is preceded by the handler's place. */
export function hostFaults({ wrapper, className, moduleName }: HandlerHost): string[] {
  if (wrapper.isTransient) {
    return [
      `${className} (in ${moduleName}) is transient: there would be one instance per consumer, and none to handle events. Remove its scope.`,
    ];
  }
  if (!wrapper.isDependencyTreeStatic()) {
    return [
      `${className} (in ${moduleName}) is request-scoped, by itself or through something it injects: an event has no request. Move the handler to a provider of default scope and what it needs of the event into EventContext, or resolve the dependency with ModuleRef.`,
    ];
  }
  return [];
}

/** Why one method cannot be called as a handler; each sentence is preceded by the handler's place. */
export function methodFaults({ wrapper }: HandlerHost, method: string | symbol): string[] {
  const instance = wrapper.instance as object;
  if (typeof method === 'symbol') return [`its name is a symbol. Give the method a name.`];
  if (typeof (instance as Record<string, unknown>)[method] !== 'function')
    return [`it is not a method. Move @OnEvent to one.`];
  const { guards, interceptors, pipes, filters, parameters } = enhancersOf(instance, method);
  const classes = [
    ...guards,
    ...interceptors,
    ...pipes,
    ...filters,
    ...parameters.flatMap((one) => one.pipes),
  ];
  const faults = classes.flatMap((enhancer) => enhancerFaults(wrapper, enhancer));
  const decorated = new Set(parameters.map(({ index }) => index));
  if (decorated.size > 0) {
    for (let index = 0; index < Math.min(parameterCount(instance, method), 2); index++) {
      if (decorated.has(index)) continue;
      faults.push(
        `parameter ${index + 1} has no decorator, so Nest would leave it undefined. With one on any parameter each needs one: @Payload() event, @Ctx() context.`,
      );
    }
  }
  return faults;
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
