import 'reflect-metadata';
import {
  Global,
  Injectable,
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { memory, type MemoryProvider } from '@tramline/testing';
import { IsString } from 'class-validator';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  ClosedError,
  EventBus,
  EventContract,
  EventLog,
  OnEvent,
  Tramline,
  TramlineModule,
} from '../index.js';
import { eventually, faultsOf, rootModule, start, startApp } from '../../spec-support/app.js';

@EventContract('user.registered', { key: 'userId' })
class UserRegistered {
  @IsString() userId!: string;
}
const ADA = { userId: 'u1' };

let trace: string[];
let release: () => void;
let held: Promise<void>;
beforeEach(() => {
  trace = [];
  held = new Promise((resolve) => (release = resolve));
});

/** Stands for a pool of database connections. */
@Injectable()
class Pool implements OnModuleDestroy {
  private open = false;

  onModuleInit() {
    this.open = true;
  }
  query(text: string) {
    if (!this.open) throw new Error(`'${text}' after the pool was closed`);
    trace.push(text);
  }
  onModuleDestroy() {
    this.open = false;
    trace.push('pool closed');
  }
}

@Global()
@Module({ providers: [Pool], exports: [Pool] })
class PoolModule {}

@Injectable()
class Writer {
  constructor(private readonly pool: Pool) {}

  @OnEvent(UserRegistered)
  async write(_event: UserRegistered) {
    this.pool.query('begin');
    await held;
    this.pool.query('commit');
  }
}

describe.each([
  ['before ours', (bus: DynamicModule) => [PoolModule, bus]],
  ['after ours', (bus: DynamicModule) => [bus, PoolModule]],
])('a pool in a module imported %s', (_name, imports) => {
  it('is there for handlers until the last of them has ended', async () => {
    const bus = TramlineModule.forRoot({ service: 'test', transport: memory() });
    @Module({ imports: imports(bus), providers: [Writer] })
    class AppModule {}
    const test = await start(AppModule);
    await test.bus.publish(UserRegistered, ADA);
    await eventually(() => trace.length === 1);
    // The handler goes on when its bus is told to stop: were the pool closed before, it would find it so.
    const tramline = test.app.get(Tramline);
    const stop = tramline.stopConsuming.bind(tramline);
    tramline.stopConsuming = () => {
      const stopped = stop();
      release();
      return stopped;
    };
    await test.app.close();
    expect(trace).toEqual(['begin', 'commit', 'pool closed']);
    expect(test.ends).toMatchObject([{ kind: 'done' }]);
  });

  it('is there before the first of them starts', async () => {
    const transport = memory();
    const before = await startApp({}, { transport });
    await before.bus.publish(UserRegistered, ADA);
    release();
    @Injectable()
    class Slow {
      async onApplicationBootstrap() {
        await new Promise((resolve) => setImmediate(resolve));
        trace.push('up');
      }
    }
    const bus = TramlineModule.forRoot({ service: 'test', transport });
    @Module({ imports: imports(bus), providers: [Slow, Writer] })
    class AppModule {}
    const test = await start(AppModule);
    await eventually(() => test.ends.length === 1);
    expect(trace).toEqual(['up', 'begin', 'commit']);
  });
});

describe('shutdown', () => {
  it('runs nothing after its handlers were stopped, and what was not handled is not lost', async () => {
    const transport = memory();
    @Injectable()
    class Counter {
      handled = 0;
      @OnEvent(UserRegistered)
      async count() {
        await new Promise((resolve) => setImmediate(resolve));
        this.handled++;
      }
    }
    const first = await startApp({ providers: [Counter] }, { transport });
    const counter = first.app.get(Counter);
    const publishing = Promise.all(Array.from({ length: 500 }, () => first.bus.publish(UserRegistered, ADA)));
    await eventually(() => counter.handled > 10);
    await first.app.close();
    await publishing;
    const { handled } = counter;
    expect(handled).toBeLessThan(500);
    const second = await startApp({ providers: [Counter] }, { transport });
    await eventually(() => handled + second.app.get(Counter).handled >= 500);
    expect(handled + second.app.get(Counter).handled).toBe(500);
  });

  it('lets others publish until the very last hooks', async () => {
    const transport = memory();
    const results: unknown[] = [];
    @Injectable()
    class Farewell implements OnModuleDestroy, OnApplicationShutdown {
      constructor(private readonly bus: EventBus) {}
      async onModuleDestroy() {
        results.push(await this.bus.publish(UserRegistered, ADA));
      }
      async beforeApplicationShutdown() {
        results.push(await this.bus.publish(UserRegistered, ADA));
      }
      async onApplicationShutdown() {
        results.push(await this.bus.publish(UserRegistered, ADA).catch((error: unknown) => error));
      }
    }
    const { app } = await startApp({ providers: [Farewell] }, { transport });
    await app.close();
    expect(results).toEqual([
      expect.objectContaining({ topic: 'user.registered' }),
      expect.objectContaining({ topic: 'user.registered' }),
      expect.any(ClosedError),
    ]);
    const { app: reader } = await startApp({}, { transport, contracts: [UserRegistered] });
    const read: unknown[] = [];
    for await (const event of reader.get(EventLog).read(UserRegistered)) read.push(event);
    expect(read).toHaveLength(2);
  });

  it('may be asked for twice, also at once', async () => {
    const { app } = await startApp({ providers: [Pool, Writer] });
    await Promise.all([app.close(), app.close()]);
    await app.close();
    expect(app.get(Tramline).health().live).toBe(false);
  });

  it('goes on for the others when the bus cannot stop, and says so', async () => {
    const { app, lines } = await startApp({ providers: [Pool] });
    const tramline = app.get(Tramline);
    const stop = tramline.stopConsuming.bind(tramline);
    tramline.stopConsuming = () => Promise.reject(new Error('stuck'));
    await app.close();
    tramline.stopConsuming = stop;
    expect(trace).toEqual(['pool closed']);
    expect(lines.all).toContainEqual(expect.stringContaining('error The bus could not stop consuming'));
  });

  it('works for an application that was made and never started', async () => {
    const module = await Test.createTestingModule({
      imports: [rootModule({ providers: [Pool, Writer] })],
    }).compile();
    await module.get(EventBus).publish(UserRegistered, ADA);
    const tramline = module.get(Tramline);
    await module.close();
    expect(trace).toContain('pool closed');
    expect(tramline.health().live).toBe(false);
  });
});

describe('a boot that fails', () => {
  /** Counts what is opened and not closed. */
  const counted = () => {
    const inner: MemoryProvider = memory();
    let open = 0;
    const transport: typeof inner = {
      ...inner,
      open: (environment) => {
        const opened = inner.open(environment);
        const close = opened.close.bind(opened);
        opened.close = async () => {
          await close();
          open--;
        };
        open++;
        return opened;
      },
    };
    return { transport, open: () => open };
  };

  it('because of a handler closes what was opened', async () => {
    const { transport, open } = counted();
    @Injectable()
    class Early {
      constructor(private readonly bus: EventBus) {}
      async onModuleInit() {
        await this.bus.publish(UserRegistered, ADA);
      }
      @OnEvent(UserRegistered, { order: 'key' })
      handle(_event: UserRegistered) {}
    }
    await faultsOf(startApp({ providers: [Early] }, { transport }));
    expect(open()).toBe(0);
  });

  it('because of the options closes what was opened', async () => {
    const { transport, open } = counted();
    await faultsOf(startApp({}, { transport, unknown: 1 } as object));
    expect(open()).toBe(0);
  });

  it('because of another module starts no handler', async () => {
    const transport = memory();
    const handled: unknown[] = [];
    @Injectable()
    class Broken {
      onApplicationBootstrap() {
        throw new Error('no database');
      }
      @OnEvent(UserRegistered)
      handle(event: UserRegistered) {
        handled.push(event);
      }
    }
    await expect(startApp({ providers: [Broken] }, { transport })).rejects.toThrow('no database');
    const { app, bus } = await startApp({}, { transport });
    await bus.publish(UserRegistered, ADA);
    expect((await app.get(Tramline).transport.groups.describe('test'))?.members ?? []).toEqual([]);
    expect(handled).toEqual([]);
  });
});
