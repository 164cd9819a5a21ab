import { Inject, Injectable, Optional } from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import { ConfigurationError, Tramline, type EventRef, type HandlerDefinition } from '@tramline/core';
import { globalEnhancersOf } from '../call/globals.js';
import { HandlerCalls, containerOf } from '../call/handler-calls.js';
import { HandlerExplorer, type FoundHandler } from '../explore/handler-explorer.js';
import { ClassValidation } from '../validation/class-validation.js';
import { LazyModules } from './lazy-modules.js';
import { MODULE_OPTIONS } from './module-definition.js';
import { NestLog } from './nest-log.js';
import type { TramlineModuleOptions } from './options.js';

/** Finds the application's handlers, refuses what cannot work, and starts the rest. */
@Injectable()
export class HandlerStarter {
  constructor(
    private readonly tramline: Tramline,
    private readonly explorer: HandlerExplorer,
    private readonly lazyModules: LazyModules,
    private readonly creator: ExternalContextCreator,
    private readonly validation: ClassValidation,
    private readonly log: NestLog,
    // Optional only so that Nest does not complain of it where it is missing: there is no Tramline then, which says why.
    @Optional() @Inject(MODULE_OPTIONS) private readonly options: TramlineModuleOptions,
  ) {}

  /** Resolves when the handlers' groups are being joined. @throws ConfigurationError with all faults of all handlers */
  async start(): Promise<void> {
    const container = containerOf(this.creator);
    const { globalEnhancers = false } = this.options;
    const globalPipes = globalEnhancers && container.applicationConfig.getGlobalPipes().length > 0;
    const { handlers, faults } = this.explorer.explore(globalPipes);
    this.lazyModules.refuseHandlers();
    const contracts = this.contracts(handlers);
    const all = [
      ...faults,
      ...contracts.flatMap((ref) => this.validation.faultsOf(ref)),
      ...this.globalFaults(),
    ];
    if (all.length > 0) {
      const judged = handlers.map((handler) => definitionOf(handler, () => undefined));
      throw new ConfigurationError([...all, ...this.tramline.faultsOf(judged)]);
    }
    if (handlers.length > 0) this.nameLeftOut();
    for (const ref of contracts) this.validation.warnIfUnchecked(ref);
    const calls = new HandlerCalls(container, globalEnhancers, this.log);
    await this.tramline.start(
      handlers.map((handler) =>
        definitionOf(handler, calls.create(handler.instance, handler.method, handler.hostId)),
      ),
    );
  }

  /** What our validation has to do with; none where the application brings its own. */
  private contracts(handlers: readonly FoundHandler[]): EventRef[] {
    if (this.options.validation) return [];
    return [...new Set([...handlers.flatMap(({ events }) => events), ...(this.options.contracts ?? [])])];
  }

  private globalFaults(): string[] {
    if (!this.options.globalEnhancers) return [];
    return globalEnhancersOf(containerOf(this.creator).applicationConfig).scoped.map(
      (name) =>
        `globalEnhancers is true, but the global ${name} is request-scoped or transient: Nest would leave it out without a word. Remove its scope, or set globalEnhancers to false.`,
    );
  }

  private nameLeftOut(): void {
    if (this.options.globalEnhancers) return;
    const { shared, scoped } = globalEnhancersOf(containerOf(this.creator).applicationConfig);
    const names = [...new Set([...shared, ...scoped])];
    if (names.length === 0) return;
    this.log.info(
      `Global enhancers take no part when events are handled: ${names.join(', ')}. Where one should, put it on the handler's class, or set globalEnhancers: true for all.`,
    );
  }
}

function definitionOf(found: FoundHandler, run: HandlerDefinition['run']): HandlerDefinition {
  const { instance: _, method: __, hostId: ___, moduleName: ____, ...definition } = found;
  return { ...definition, run };
}
