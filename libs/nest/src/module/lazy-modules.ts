import { Injectable } from '@nestjs/common';
import { LazyModuleLoader, ModulesContainer } from '@nestjs/core';
import { ConfigurationError } from '@tramline/core';
import { hostOf } from '../explore/host.js';
import { NestLog } from './nest-log.js';

/**
 * Watches for modules that are loaded after the handlers were started. Nest tells nobody, so the application's own loader
 * is told to look: a handler that nobody ever calls would be the quietest way to lose events.
 */
@Injectable()
export class LazyModules {
  constructor(
    private readonly loader: LazyModuleLoader,
    private readonly modules: ModulesContainer,
    private readonly log: NestLog,
  ) {}

  /** From now on `load` rejects, and logs, when what it loaded has handlers. Those modules stay loaded. */
  refuseHandlers(): void {
    const known = new Set(this.modules.values());
    const load = this.loader.load.bind(this.loader);
    this.loader.load = async (...args) => {
      const loaded = await load(...args);
      const fresh = [...this.modules.values()].filter((module) => !known.has(module));
      const hosts = fresh.flatMap(({ providers, controllers }) =>
        [...providers.values(), ...controllers.values()].flatMap((wrapper) => hostOf(wrapper) ?? []),
      );
      if (hosts.length === 0) return loaded;
      const error = new ConfigurationError(
        hosts.flatMap(({ className, moduleName, handlers }) =>
          [...handlers.keys()].map(
            (method) =>
              `${className}.${String(method)} (in ${moduleName}) is in a module that was loaded lazily, after the handlers were started: it gets no events. Import ${moduleName} at boot, or move the handler to a module that is.`,
          ),
        ),
      );
      this.log.error(error.message);
      throw error;
    };
  }
}
