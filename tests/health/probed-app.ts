import 'reflect-metadata';
import { Controller, Get, Inject, Injectable, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { EventBus, EventContract, OnEvent, TramlineModule, type TramlineModuleOptions } from '@tramline/nest';
import { TramlineHealthIndicator } from '@tramline/nest/terminus';

@EventContract('probe.sent', { key: null })
class Sent {
  n!: number;
}

@Injectable()
class Receiver {
  readonly seen = new Set<number>();

  @OnEvent(Sent, { id: 'receive' })
  receive({ n }: Sent): void {
    this.seen.add(n);
  }
}

@Controller('health')
class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly checks: HealthCheckService,
    private readonly tramline: TramlineHealthIndicator,
  ) {}

  @Get('ready')
  @HealthCheck()
  ready() {
    return this.checks.check([() => this.tramline.readiness()]);
  }

  @Get('live')
  @HealthCheck()
  live() {
    return this.checks.check([() => this.tramline.liveness()]);
  }
}

/** What a probe is answered. */
export interface Probe {
  readonly code: number;
  /** `ok`, `degraded`, `error` or `shutting_down`. */
  readonly status: string;
  readonly message: string;
  readonly group: { readonly status: string; readonly partitions: number; readonly lag?: number } | undefined;
}

/** A service with terminus, as an orchestrator sees it: over HTTP on 127.0.0.1. */
export class ProbedApp {
  private readonly app: INestApplication;
  private readonly url: string;

  private constructor(app: INestApplication, url: string) {
    this.app = app;
    this.url = url;
  }

  static async start(options: TramlineModuleOptions): Promise<ProbedApp> {
    @Module({
      imports: [
        TramlineModule.forRoot(options),
        TerminusModule.forRoot({ errorLogStyle: 'json', logger: false }),
      ],
      controllers: [HealthController],
      providers: [Receiver, TramlineHealthIndicator],
    })
    class AppModule {}
    const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    return new ProbedApp(app, await app.getUrl());
  }

  get seen(): ReadonlySet<number> {
    return this.app.get(Receiver).seen;
  }

  async publish(n: number): Promise<void> {
    await this.app.get(EventBus).publish(Sent, { n });
  }

  ready(): Promise<Probe> {
    return this.ask('ready');
  }

  live(): Promise<Probe> {
    return this.ask('live');
  }

  close(): Promise<void> {
    return this.app.close();
  }

  private async ask(path: string): Promise<Probe> {
    const response = await fetch(`${this.url}/health/${path}`);
    const { status, details } = (await response.json()) as {
      status: string;
      details: { tramline: { message?: string; groups: Probe['group'][] } };
    };
    const { message = '', groups } = details.tramline;
    return { code: response.status, status, message, group: groups[0] };
  }
}
