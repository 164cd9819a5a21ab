import { ROUTE_ARGS_METADATA, EXCEPTION_FILTERS_METADATA } from '@nestjs/common/constants.js';
import { ApplicationConfig, ExternalContextCreator } from '@nestjs/core';
import { RpcParamsFactory } from '@nestjs/microservices/factories/rpc-params-factory.js';
import { DiscardError, NonRetryableError, asError, type Log } from '@tramline/core';
import { enhancersOf } from './enhancers.js';
import { settle } from './observable.js';

type NestContainer = Parameters<typeof ExternalContextCreator.fromContainer>[0];
type ParamsFactory = NonNullable<Parameters<ExternalContextCreator['create']>[4]>;
type Run = (event: unknown, context: object) => unknown;

// Nest declares the type of a parameter narrower than what it hands over.
const rpcParams = new RpcParamsFactory() as unknown as ParamsFactory;

/** The application's modules and global enhancers, taken from what was made of them: neither can be injected. */
export function containerOf(
  creator: ExternalContextCreator,
): NestContainer & { readonly applicationConfig: ApplicationConfig } {
  return creator['container'] as NestContainer & { readonly applicationConfig: ApplicationConfig };
}

/**
 * Makes functions that call a handler's method the way Nest calls a controller's: guards, interceptors, pipes, parameter
 * decorators and filters, in a context of type `rpc`. A handler that has none of them is called directly.
 */
export class HandlerCalls {
  private readonly attempts: ExternalContextCreator;
  /** Another one, because Nest 11 keeps what it knows of a method's parameters by the method's name alone. */
  private readonly filters: ExternalContextCreator;
  private readonly globals: ApplicationConfig;

  /** @param globals - whether the application's global enhancers take part */
  constructor(
    container: ReturnType<typeof containerOf>,
    globals: boolean,
    private readonly log: Log,
  ) {
    this.globals = globals ? container.applicationConfig : new ApplicationConfig();
    // The same modules and instances, but a configuration of our choice.
    const host = Object.create(container, { applicationConfig: { value: this.globals } }) as NestContainer;
    this.attempts = ExternalContextCreator.fromContainer(host);
    // Nest's own throws an EmptyError where an Observable completes empty.
    this.attempts.transformToResult = async (result: unknown) => settle(result);
    this.filters = ExternalContextCreator.fromContainer(host);
  }

  /** @param hostId - the id of the provider's wrapper, by which Nest finds the module whose enhancers are meant */
  create(instance: object, method: string, hostId: string): Run {
    const { guards, interceptors, pipes, filters, parameters } = enhancersOf(instance, method);
    const isPlain =
      guards.length + interceptors.length + pipes.length + parameters.length === 0 && !this.hasGlobals();
    const attempt = isPlain ? direct(instance, method) : this.enhanced(instance, method, hostId);
    if (filters.length + this.globals.getGlobalFilters().length === 0) return attempt;
    return this.filtered(instance, method, hostId, attempt);
  }

  private hasGlobals(): boolean {
    const { globals } = this;
    return (
      globals.getGlobalGuards().length +
        globals.getGlobalInterceptors().length +
        globals.getGlobalPipes().length >
      0
    );
  }

  private enhanced(instance: object, method: string, hostId: string): Run {
    const callback = callbackOf(instance, method);
    const options = { guards: true, interceptors: true, filters: false };
    return this.attempts.create(
      instance,
      callback,
      method,
      ROUTE_ARGS_METADATA,
      rpcParams,
      undefined,
      hostId,
      options,
      'rpc',
    );
  }

  /**
   * Filters see the error of an attempt after it was recorded. Left to Nest they would decide: one in RPC style returns an
   * Observable that nobody subscribes to, and the failure would look like success; one for HTTP fails on our context, and
   * its TypeError would hide the cause.
   */
  private filtered(instance: object, method: string, hostId: string, attempt: Run): Run {
    const errors = new WeakMap<object, unknown>();
    const rethrow = (_event: unknown, context: unknown) => {
      throw errors.get(context as object);
    };
    const metadata: unknown = Reflect.getMetadata(EXCEPTION_FILTERS_METADATA, callbackOf(instance, method));
    if (metadata) Reflect.defineMetadata(EXCEPTION_FILTERS_METADATA, metadata, rethrow);
    const options = { guards: false, interceptors: false, filters: true };
    const filter = this.filters.create(
      instance,
      rethrow,
      method,
      undefined,
      undefined,
      undefined,
      hostId,
      options,
      'rpc',
    );
    return async (event, context) => {
      try {
        await attempt(event, context);
      } catch (error) {
        errors.set(context, error);
        const place = `${instance.constructor.name}.${method}`;
        throw await this.decide(error, place, () => filter(event, context));
      }
    };
  }

  /** The error that counts: the recorded one, unless a filter threw (or its Observable failed with) a Tramline error. */
  private async decide(error: unknown, place: string, filter: () => Promise<unknown>): Promise<unknown> {
    try {
      await settle(await filter());
    } catch (thrown) {
      if (thrown instanceof NonRetryableError || thrown instanceof DiscardError) return thrown;
      if (thrown !== error) {
        this.log.debug(
          `A filter of ${place} threw ${asError(thrown).message}; the attempt failed with ${asError(error).message}`,
        );
      }
    }
    return error;
  }
}

/** Looks the method up at every call, so that a spy put on the instance after boot is called. */
function direct(instance: object, method: string): Run {
  const host = instance as Record<string, Run>;
  return (event, context) => settle(host[method]!(event, context));
}

function callbackOf(instance: object, method: string): (...args: unknown[]) => unknown {
  return (instance as Record<string, (...args: unknown[]) => unknown>)[method]!;
}
