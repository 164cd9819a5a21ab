import { Global, Module } from '@nestjs/common';
import { DiscoveryModule, ModulesContainer } from '@nestjs/core';
import { EventBus, EventLog, Outbox, Tramline } from '@tramline/core';
import { HandlerExplorer } from '../explore/handler-explorer.js';
import { ClassValidation } from '../validation/class-validation.js';
import { loadOptionalPeers } from '../validation/optional-peers.js';
import { createTramline } from './create-tramline.js';
import { HandlerStarter } from './handler-starter.js';
import { LazyModules } from './lazy-modules.js';
import { ConfigurableModuleClass, MODULE_OPTIONS } from './module-definition.js';
import { NestLog } from './nest-log.js';
import { TramlineFactory } from './tramline-factory.js';
import { TramlineHealth } from './tramline-health.js';
import { TramlineLifecycle } from './tramline-lifecycle.js';

/**
 * The bus of an application. Import it once, in the root module, with `forRoot(options)` or `forRootAsync({ useFactory |
 * useClass | useExisting })`; every module may then inject {@link EventBus}, {@link EventLog}, {@link Outbox}, {@link Tramline} and
 * {@link TramlineHealth}, and every provider or controller may have handlers.
 */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    NestLog,
    HandlerExplorer,
    LazyModules,
    HandlerStarter,
    TramlineLifecycle,
    TramlineHealth,
    TramlineFactory,
    {
      provide: ClassValidation,
      useFactory: async (log: NestLog) => new ClassValidation(await loadOptionalPeers(), log),
      inject: [NestLog],
    },
    {
      provide: Tramline,
      useFactory: createTramline,
      // Optional, so that a module without options is told so by us and not by a missing provider of an unknown name.
      inject: [
        ModulesContainer,
        ClassValidation,
        NestLog,
        TramlineFactory,
        { token: MODULE_OPTIONS, optional: true },
      ],
    },
    { provide: EventBus, useFactory: (tramline: Tramline) => tramline.events, inject: [Tramline] },
    { provide: EventLog, useFactory: (tramline: Tramline) => tramline.eventLog, inject: [Tramline] },
    { provide: Outbox, useFactory: (tramline: Tramline) => tramline.outbox, inject: [Tramline] },
  ],
  exports: [Tramline, EventBus, EventLog, Outbox, TramlineHealth],
})
export class TramlineModule extends ConfigurableModuleClass {}
