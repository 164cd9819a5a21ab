import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Tramline } from '@tramline/core';
import { HandlerStarter } from './handler-starter.js';
import { NestLog } from './nest-log.js';
import { onlyModuleWith } from './single-module.js';

/**
 * Ties the bus to the application's life: handlers start last of all, when everything they may need is up; they end first
 * of all, before any module closes what they use; publishing works until after the HTTP server is closed.
 */
@Injectable()
export class TramlineLifecycle implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  constructor(
    modules: ModulesContainer,
    private readonly tramline: Tramline,
    private readonly handlers: HandlerStarter,
    private readonly log: NestLog,
  ) {
    // Nest starts modules by falling distance from the root and stops them in reverse. Global modules are the farthest, so
    // that ours would be up first and down last, after database pools. In `onModuleInit` it would be too late: the order
    // is fixed by then.
    onlyModuleWith(modules, Tramline).distance = -1;
  }

  async onApplicationBootstrap(): Promise<void> {
    try {
      await this.handlers.start();
    } catch (error) {
      // Who asked for the application may never get it, and so cannot close it.
      await this.ending('close', () => this.tramline.close());
      throw error;
    }
  }

  onModuleDestroy(): Promise<void> {
    return this.ending('stop consuming', () => this.tramline.stopConsuming());
  }

  onApplicationShutdown(): Promise<void> {
    return this.ending('close', () => this.tramline.close());
  }

  /** Nest 11 leaves out every later hook when one rejects: others could not close what they hold. */
  private async ending(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.log.error(`The bus could not ${what}`, { error });
    }
  }
}
