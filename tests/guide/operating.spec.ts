import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Injectable, Module, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { embedded } from '@tramline/embedded';
import {
  EventContract,
  NonRetryableError,
  OnEvent,
  Tramline,
  type HealthAnswer,
  TramlineHealth,
  TramlineModule,
} from '@tramline/nest';
import { TramlineHealthIndicator } from '@tramline/nest/terminus';
import { TestBus } from '@tramline/testing/nest';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';

@EventContract('order.placed', { key: 'orderId' })
class OrderPlaced {
  orderId!: string;
}

@Injectable()
class Texts {
  @OnEvent(OrderPlaced, { id: 'text' })
  text(): void {
    throw new NonRetryableError('the gateway says no');
  }
}

// #region terminus
@Controller('terminus')
class ProbeController {
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
    return this.checks.check([() => this.tramline.liveness()]);
  }
}

@Module({
  imports: [TerminusModule],
  controllers: [ProbeController],
  providers: [TramlineHealthIndicator],
})
class HealthModule {}
// #endregion

// #region health
@Controller('health')
class HealthController {
  constructor(private readonly tramline: TramlineHealth) {}

  @Get('ready')
  ready(): HealthAnswer {
    return orUnavailable(this.tramline.readiness());
  }

  @Get('live')
  live(): HealthAnswer {
    return orUnavailable(this.tramline.liveness());
  }
}

function orUnavailable(answer: HealthAnswer): HealthAnswer {
  if (!answer.up) throw new ServiceUnavailableException(answer);
  return answer;
}
// #endregion

const pages: string[] = [];
beforeEach(() => void pages.splice(0));
const wakeSomebody = (text: string) => pages.push(text);

// #region observe
@Injectable()
class Alarm {
  constructor(tramline: Tramline) {
    tramline.observations.observe((seen) => {
      if (seen.kind === 'dead') wakeSomebody(`${seen.handlerId}: ${seen.error.message} (${seen.letterId})`);
      if (seen.kind === 'consumer-status' && seen.error)
        wakeSomebody(`${seen.status}: ${seen.error.message}`);
    });
  }
}
// #endregion

@Module({
  imports: [
    // #region module
    TramlineModule.forRoot({
      service: 'texts',
      namespace: 'staging', // staging.order.placed, staging.texts.dead
      transport: embedded({ directory: '.tramline' }),
      consumer: { sessionTimeout: '10s', drainTimeout: '5s' },
    }),
    // #endregion
    HealthModule,
  ],
  controllers: [HealthController],
  providers: [Texts, Alarm],
})
class TextsModule {}

async function started() {
  const builder = Test.createTestingModule({ imports: [TextsModule] });
  const test = TestBus.attach(builder);
  const app = await builder.compile();
  onTestFinished(async () => {
    await app.close();
    await test.close();
  });
  return { app, test };
}

it('is ready when every group has its share, and not while the broker is away', async () => {
  const { app, test } = await started();
  test.broker.setAway(true);
  await app.init();
  const health = app.get(HealthController);
  expect(() => health.ready()).toThrow(ServiceUnavailableException);
  expect(health.live().up).toBe(true);
  test.broker.setAway(false);
  await test.advance('30s');
  expect(health.ready()).toMatchObject({ up: true, groups: [{ group: 'texts', status: 'joined' }] });
  await app.close();
  expect(() => health.live()).toThrow(ServiceUnavailableException);
});

it('shows terminus a group that stands still, and moves it again', async () => {
  const { app, test } = await started();
  await app.init();
  const probe = app.get(ProbeController);
  await test.idle();
  expect(await probe.ready()).toMatchObject({ status: 'ok', details: { tramline: { status: 'up' } } });
  test.hold(OrderPlaced);
  await test.publish(OrderPlaced, { orderId: 'o1' });
  await test.advance('30s');
  expect(await probe.ready()).toMatchObject({
    status: 'degraded',
    details: { tramline: { status: 'degraded' } },
  });
  expect(await probe.live()).toMatchObject({ status: 'ok' });
  expect(app.get(TramlineHealth).readiness()).toMatchObject({
    up: true,
    stalled: true,
    problems: [expect.stringContaining("Group 'texts' has not moved for 30s")],
  });
  expect(pages).toEqual([expect.stringMatching(/^stalled: Group 'texts' has not moved for 30s/)]);
  test.release();
  await test.advance('30s');
  expect(await probe.ready()).toMatchObject({ status: 'ok' });
});

it('tells who listens, and keeps to its namespace', async () => {
  const { app, test } = await started();
  await app.init();
  await test.publish(OrderPlaced, { orderId: 'o1' });
  await test.idle();
  const [letter] = test.deadLetters();
  expect(pages).toEqual([`text: the gateway says no (${letter?.letterId})`]);
  const topics = await app.get(Tramline).transport.topics.list();
  expect(topics).toEqual(expect.arrayContaining(['staging.order.placed', 'staging.texts.dead']));
  expect(topics.filter((topic) => !topic.startsWith('staging.'))).toEqual([]);
});

describe('the page', () => {
  const root = join(import.meta.dirname, '..', '..');
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const page = read('docs/guide/operating.md');

  it('quotes lines of the log that are written', () => {
    const [, table = ''] = page.split('## At 3 a.m.');
    const quoted = [...table.matchAll(/^\| `([^`]+)`/gm)].flatMap(([, line = '']) => line.split('…'));
    const pieces = quoted.map((piece) => piece.trim()).filter((piece) => piece.includes(' '));
    expect(pieces.length).toBeGreaterThan(8);
    const sources = globSync('libs/core/src/**/*.ts', { cwd: root }).filter(
      (path) => !path.endsWith('.spec.ts'),
    );
    const code = sources.map(read).join('\n');
    expect(pieces.filter((piece) => !code.includes(piece))).toEqual([]);
  });

  it('names every kind of observation', () => {
    const [, union = ''] = read('libs/core/src/observe/observation.ts').split('export type Observation =');
    const kinds = [...union.matchAll(/kind: ((?:'[\w-]+'(?: \| )?)+)/g)].flatMap(
      ([, list = '']) => list.match(/[\w-]+/g) ?? [],
    );
    const [, named = ''] = /^Kinds: (.*?)\. /m.exec(page) ?? [];
    expect(kinds.length).toBeGreaterThan(15);
    expect((named.match(/[\w-]+/g) ?? []).toSorted()).toEqual(kinds.toSorted());
  });
});
