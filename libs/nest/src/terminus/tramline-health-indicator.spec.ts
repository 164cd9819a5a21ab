import 'reflect-metadata';
import { Controller, Get, Injectable, Module, type INestApplication } from '@nestjs/common';
import { HealthCheck, HealthCheckService, HealthIndicatorService, TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { memory } from '@tramline/testing';
import { TestBus } from '@tramline/testing/nest';
import { EventContract, OnEvent, Tramline, TramlineHealth, TramlineModule } from '@tramline/nest';
import { TramlineHealthIndicator } from '@tramline/nest/terminus';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';

@EventContract('order.placed', { key: 'orderId' })
class OrderPlaced {
  orderId!: string;
}

@Injectable()
class Texts {
  @OnEvent(OrderPlaced, { id: 'text' })
  text(): void {}
}

@Controller('health')
class HealthController {
  constructor(
    private readonly checks: HealthCheckService,
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
    return this.checks.check([() => this.tramline.liveness('bus')]);
  }
}

@Module({
  imports: [TramlineModule.forRoot({ service: 'texts', transport: memory() }), TerminusModule],
  controllers: [HealthController],
  providers: [Texts, TramlineHealthIndicator],
})
class TextsModule {}

interface Answer {
  readonly code: number;
  readonly status: string;
  readonly details: Record<string, { status: string; message?: string; groups: { status: string }[] }>;
}

let app: INestApplication;
let test: TestBus;
beforeEach(async () => {
  const builder = Test.createTestingModule({ imports: [TextsModule] });
  test = TestBus.attach(builder);
  const compiled = await builder.compile();
  app = compiled.createNestApplication({ logger: false });
});
afterEach(async () => {
  await app.close();
  await test.close();
});

async function ask(path: 'ready' | 'live'): Promise<Answer> {
  const response = await fetch(`${await app.getUrl()}/health/${path}`);
  return { code: response.status, ...((await response.json()) as Omit<Answer, 'code'>) };
}

describe('over HTTP', () => {
  it('readiness waits for the broker and says why, liveness does not', async () => {
    test.broker.setAway(true);
    await app.listen(0, '127.0.0.1');
    expect(await ask('live')).toMatchObject({ code: 200, details: { bus: { status: 'up' } } });
    const waiting = await ask('ready');
    expect(waiting).toMatchObject({ code: 503, status: 'error', details: { tramline: { status: 'down' } } });
    expect(waiting.details['tramline']!.message).toContain('The memory broker is away');

    test.broker.setAway(false);
    await test.advance('30s');
    expect(await ask('ready')).toMatchObject({
      code: 200,
      status: 'ok',
      details: {
        tramline: { status: 'up', groups: [{ group: 'texts', status: 'joined', lag: 0, running: 0 }] },
      },
    });

    test.broker.setAway(true);
    await test.advance('30s');
    const away = await ask('ready');
    expect(away.code).toBe(503);
    expect(away.details['tramline']).toMatchObject({
      status: 'down',
      message: expect.stringContaining("Group 'texts' is away: "),
      groups: [
        {
          status: 'away',
          lastError: expect.stringContaining('away'),
          lastErrorAt: expect.stringMatching(/Z$/),
        },
      ],
    });
    expect((await ask('live')).code).toBe(200);
    test.broker.setAway(false);
  });

  it('a stalled group is degraded, which is no reason to take the process away', async () => {
    await app.listen(0, '127.0.0.1');
    // Held back behind the bus, as by a fetch loop that died.
    test.hold(OrderPlaced);
    await test.publish(OrderPlaced, { orderId: 'o1' });
    await test.advance('30s');
    const stalled = await ask('ready');
    expect(stalled).toMatchObject({ code: 200, status: 'degraded' });
    expect(stalled.details['tramline']).toMatchObject({
      status: 'degraded',
      message: expect.stringContaining('none is brought'),
      groups: [{ status: 'stalled' }],
    });
    expect(await ask('live')).toMatchObject({ code: 200, status: 'ok' });
    test.release();
    await test.advance('30s');
    expect(await ask('ready')).toMatchObject({ code: 200, status: 'ok' });
  });
});

describe('asked in the process', () => {
  it('terminus 11, which knows no degraded, is told of a stalled group as down', async () => {
    await app.init();
    const terminus12 = new HealthIndicatorService();
    const terminus11 = {
      check: (key: string) => {
        const session = terminus12.check(key);
        return { up: session.up.bind(session), down: session.down.bind(session) };
      },
    } as HealthIndicatorService;
    const indicator = new TramlineHealthIndicator(terminus11, app.get(TramlineHealth));
    await test.idle();
    expect(indicator.readiness().tramline.status).toBe('up');
    test.hold(OrderPlaced);
    onTestFinished(() => test.release());
    await test.publish(OrderPlaced, { orderId: 'o1' });
    await test.advance('30s');
    expect(indicator.readiness('bus').bus).toMatchObject({ status: 'down', groups: [{ status: 'stalled' }] });
  });

  it('an outbox that is late is degraded, and leaves the service in its place with terminus 11', async () => {
    await app.init();
    await test.idle();
    const outbox = {
      ...{ agoMs: 5, late: true, problems: ['3 events wait in the outbox.'] },
      status: {
        ...{ backlog: 3, oldestMs: 90_000, scheduled: 1, held: 0, dead: 2 },
        ...{ relays: [{ owner: 'one', buckets: 64 }], blocker: null },
      },
    };
    const relay = { owner: 'one', status: 'away', buckets: 64, error: new Error('no broker') } as const;
    const late: Pick<Tramline, 'health'> = {
      health: () => ({ ...app.get(Tramline).health(), problems: outbox.problems, outbox, relay }),
    };
    const health = new TramlineHealth(late as Tramline);
    const terminus12 = new HealthIndicatorService();
    const told = {
      message: '3 events wait in the outbox.',
      outbox: {
        ...{ late: true, backlog: 3, oldestMs: 90_000, scheduled: 1, dead: 2 },
        relay: { owner: 'one', status: 'away', error: 'no broker' },
      },
    };
    expect(new TramlineHealthIndicator(terminus12, health).readiness().tramline).toMatchObject({
      status: 'degraded',
      ...told,
    });
    const terminus11 = {
      check: (key: string) => {
        const session = terminus12.check(key);
        return { up: session.up.bind(session), down: session.down.bind(session) };
      },
    } as HealthIndicatorService;
    const indicator = new TramlineHealthIndicator(terminus11, health);
    expect(indicator.readiness().tramline).toMatchObject({ status: 'up', ...told });
    expect(indicator.liveness().tramline).toMatchObject({ status: 'up', outbox: { late: true } });
  });

  it('liveness ends with the bus', async () => {
    await app.init();
    const indicator = app.get(TramlineHealthIndicator);
    expect(indicator.liveness().tramline.status).toBe('up');
    await app.close();
    expect(indicator.liveness().tramline).toMatchObject({ status: 'down', message: 'The bus is closed.' });
  });
});
