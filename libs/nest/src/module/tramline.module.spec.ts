import 'reflect-metadata';
import { Controller, forwardRef, Injectable, Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { memory } from '@tramline/testing';
import { IsEmail, IsString } from 'class-validator';
import { describe, expect, it } from 'vitest';
import {
  EventBus,
  EventContext,
  EventContract,
  EventLog,
  OnEvent,
  PayloadError,
  Tramline,
  TramlineHealth,
  TramlineModule,
  type TramlineModuleOptions,
} from '../index.js';
import { eventually, faultsOf, rootModule, start, startApp } from '../../spec-support/app.js';

@EventContract('user.registered', { key: 'userId' })
class UserRegistered {
  @IsString() userId!: string;
  @IsEmail() email!: string;
}

const ADA = { userId: 'u1', email: 'ada@example.com' };

@Injectable()
class Greeter {
  readonly greeted: { event: UserRegistered; context: EventContext }[] = [];

  @OnEvent(UserRegistered)
  greet(event: UserRegistered, context: EventContext) {
    this.greeted.push({ event, context });
  }
}

describe('an application with TramlineModule', () => {
  it('handles what it publishes, in providers and controllers', async () => {
    @Controller()
    class Counter {
      count = 0;
      @OnEvent(UserRegistered)
      add() {
        this.count++;
      }
    }
    const test = await startApp({ providers: [Greeter], controllers: [Counter] });
    const ends = await test.outcomes(UserRegistered, ADA, 2);
    expect(ends.map(({ kind, handlerId }) => `${handlerId} ${kind}`).sort()).toEqual([
      'Counter.add done',
      'Greeter.greet done',
    ]);
    const [{ event, context }] = test.app.get(Greeter).greeted as [
      { event: UserRegistered; context: EventContext },
    ];
    expect(event).toBeInstanceOf(UserRegistered);
    expect(event).toEqual(ADA);
    expect(context).toBeInstanceOf(EventContext);
    expect(context).toMatchObject({ type: 'user.registered', key: 'u1', group: 'test', attempt: 1 });
    expect(test.app.get(Counter).count).toBe(1);
  });

  it('refuses a payload that breaks the contract in the publisher, without any pipe', async () => {
    const { bus } = await startApp({});
    await expect(bus.publish(UserRegistered, { userId: 'u1', email: 'nobody' })).rejects.toThrow(
      'email: must be an email',
    );
  });

  it('gives up a record that breaks the contract without calling the handler', async () => {
    const test = await startApp({ providers: [Greeter] }, { contracts: [UserRegistered] });
    const { transport } = test.app.get(Tramline);
    const value = Buffer.from('{"email":"nobody"}');
    await transport.append({ topic: 'user.registered', partition: 0 }, [{ key: null, value, headers: [] }], {
      timeoutMs: 1000,
    });
    await eventually(() => test.ends.length === 1);
    expect(test.ends[0]).toMatchObject({ kind: 'dead', error: expect.any(PayloadError) as PayloadError });
    expect(test.app.get(Greeter).greeted).toEqual([]);
  });

  it('lets every module inject the bus, the log and health, importing nothing', async () => {
    @Injectable()
    class Everything {
      constructor(
        readonly bus: EventBus,
        readonly log: EventLog,
        readonly health: TramlineHealth,
        readonly tramline: Tramline,
      ) {}
    }
    @Module({ providers: [Everything] })
    class Feature {}
    const { app } = await startApp({ imports: [Feature] });
    const { bus, log, tramline } = app.get(Everything, { strict: false });
    expect(bus).toBe(tramline.events);
    expect(log).toBe(tramline.eventLog);
  });

  it('publishes while other providers are being initialised, before any handler runs', async () => {
    @Injectable()
    class Early {
      constructor(private readonly bus: EventBus) {}
      async onModuleInit() {
        await this.bus.publish(UserRegistered, ADA);
      }
    }
    const { app } = await startApp({ providers: [Early, Greeter] });
    await eventually(() => app.get(Greeter).greeted.length > 0);
    expect(app.get(Greeter).greeted).toHaveLength(1);
  });

  it('takes a batch handler and gives it lists', async () => {
    const seen: unknown[] = [];
    @Injectable()
    class Batches {
      @OnEvent(UserRegistered, { batch: { size: 2, wait: '1s' } })
      handle(events: UserRegistered[], contexts: EventContext[]) {
        seen.push([
          events.map(({ userId }) => userId),
          contexts.map(({ eventId }) => eventId),
          events[0] instanceof UserRegistered,
        ]);
      }
    }
    const { bus } = await startApp({ providers: [Batches] });
    const receipts = await Promise.all([bus.publish(UserRegistered, ADA), bus.publish(UserRegistered, ADA)]);
    await eventually(() => seen.length === 1);
    expect(seen).toEqual([[['u1', 'u1'], receipts.map(({ eventId }) => eventId), true]]);
  });

  it('applies what configuration says of a handler by its id', async () => {
    @Injectable()
    class Other {
      @OnEvent(UserRegistered, { id: 'other' })
      handle() {}
    }
    const providers = [Greeter, Other];
    const test = await startApp({ providers }, { handlers: { 'Greeter.greet': { enabled: false } } });
    expect(await test.outcome(UserRegistered, ADA)).toMatchObject({ handlerId: 'other', kind: 'done' });
    expect(test.app.get(Greeter).greeted).toEqual([]);
  });

  it('takes named policies, also for a handler by its id', async () => {
    let runs = 0;
    @Injectable()
    class Failing {
      @OnEvent(UserRegistered, { id: 'failing', retry: 'patient' })
      handle() {
        runs++;
        throw new Error('no network');
      }
    }
    const test = await startApp(
      { providers: [Failing] },
      {
        policies: { patient: { delays: ['1h'] }, twice: { inPlace: 2, delays: [] } },
        handlers: { failing: { retry: 'twice' } },
      },
    );
    expect(await test.outcome(UserRegistered, ADA)).toMatchObject({ kind: 'dead', attempt: 2 });
    expect(runs).toBe(2);
  });

  it('joins no group with consume: false, and is ready at once', async () => {
    const { app } = await startApp({ providers: [Greeter] }, { consume: false });
    expect(app.get(TramlineHealth).readiness()).toEqual({
      up: true,
      stalled: false,
      problems: [],
      groups: [],
      relay: null,
      outbox: null,
      throttled: null,
    });
    expect(app.get(TramlineHealth).liveness().up).toBe(true);
  });

  it('is ready once its groups are assigned', async () => {
    const { app } = await startApp({ providers: [Greeter] });
    await eventually(() => app.get(TramlineHealth).readiness().up);
    expect(app.get(TramlineHealth).readiness().groups).toMatchObject([{ group: 'test', status: 'joined' }]);
  });
});

describe('forRootAsync', () => {
  const options = (): TramlineModuleOptions => ({ service: 'test', transport: memory() });
  const boot = async (definition: ReturnType<typeof TramlineModule.forRootAsync>) => {
    @Module({ imports: [definition], providers: [Greeter] })
    class AppModule {}
    const test = await start(AppModule);
    return test.outcome(UserRegistered, ADA);
  };
  const done = { kind: 'done', handlerId: 'Greeter.greet', group: 'test' };

  @Injectable()
  class Settings {
    readonly service = 'test';
  }
  @Module({ providers: [Settings], exports: [Settings] })
  class SettingsModule {}
  @Injectable()
  class OptionsFactory {
    createTramlineOptions() {
      return options();
    }
  }
  @Module({ providers: [OptionsFactory], exports: [OptionsFactory] })
  class OptionsModule {}

  it('takes a factory with what it injects', async () => {
    const definition = TramlineModule.forRootAsync({
      imports: [SettingsModule],
      inject: [Settings],
      useFactory: async ({ service }: Settings) => Promise.resolve({ ...options(), service }),
    });
    expect(await boot(definition)).toMatchObject(done);
  });

  it('takes a class', async () => {
    expect(await boot(TramlineModule.forRootAsync({ useClass: OptionsFactory }))).toMatchObject(done);
  });

  it('takes an existing provider', async () => {
    const definition = TramlineModule.forRootAsync({ imports: [OptionsModule], useExisting: OptionsFactory });
    expect(await boot(definition)).toMatchObject(done);
  });
});

describe('options', () => {
  it('are refused with all their faults at once', async () => {
    const wrong = {
      service: 'no spaces',
      transport: undefined,
      handler: {},
      globalEnhancers: 'yes',
      handlers: [],
    };
    const faults = await faultsOf(startApp({}, wrong as unknown as TramlineModuleOptions));
    expect(faults).toEqual([
      expect.stringContaining("unknown option 'handler'"),
      expect.stringContaining("'handlers' is a list"),
      expect.stringContaining('\'globalEnhancers\' is "yes"'),
      expect.stringContaining("service: 'no spaces'"),
      expect.stringContaining('transport is missing'),
    ]);
  });

  it('are asked for where the module is imported without', async () => {
    @Module({ imports: [TramlineModule] })
    class AppModule {}
    expect(await faultsOf(start(AppModule))).toEqual([expect.stringContaining('without options')]);
  });
});

describe('a second TramlineModule in one application', () => {
  it('is refused, naming who imports it', async () => {
    @Module({ imports: [TramlineModule.forRoot({ service: 'second', transport: memory() })] })
    class BillingModule {}
    const faults = await faultsOf(start(rootModule({ imports: [BillingModule] })));
    expect(faults).toEqual([
      expect.stringMatching(/imported 2 times .*\(by (AppModule, BillingModule|BillingModule, AppModule)\)/),
    ]);
  });

  it('is refused naming nobody who does not: neither the modules that it imports, nor those beside it', async () => {
    const second = () => TramlineModule.forRoot({ service: 'second', transport: memory() });
    @Module({})
    class Beside {}
    expect(await faultsOf(start(rootModule({ imports: [Beside, second()] })))).toEqual([
      expect.stringContaining('(by AppModule)'),
    ]);
    class Dynamic {}
    const dynamic = { module: Dynamic, imports: [forwardRef(() => second())] } as DynamicModule;
    expect(await faultsOf(start(rootModule({ imports: [dynamic, Beside] })))).toEqual([
      expect.stringMatching(/\(by (AppModule, Dynamic|Dynamic, AppModule)\)/),
    ]);
  });

  it('is refused without options too', async () => {
    @Module({ imports: [TramlineModule] })
    class BillingModule {}
    expect(await faultsOf(start(rootModule({ imports: [BillingModule] })))).toEqual([
      expect.stringContaining('2 times'),
    ]);
  });

  it('is the same one when the same definition is imported twice', async () => {
    const bus = TramlineModule.forRoot({ service: 'test', transport: memory() });
    @Module({ imports: [bus] })
    class Feature {}
    @Module({ imports: [bus, Feature], providers: [Greeter] })
    class AppModule {}
    const test = await start(AppModule);
    await test.outcomes(UserRegistered, ADA);
    expect(test.app.get(Greeter).greeted).toHaveLength(1);
  });
});

describe('two applications in one process', () => {
  it('do not disturb each other', async () => {
    const one = await startApp({ providers: [Greeter] }, { service: 'one' });
    const two = await startApp({ providers: [Greeter] }, { service: 'two' });
    await one.outcomes(UserRegistered, ADA);
    expect(two.app.get(Greeter).greeted).toEqual([]);
    await one.app.close();
    await two.outcomes(UserRegistered, ADA);
    expect(one.app.get(Greeter).greeted).toHaveLength(1);
    expect(two.app.get(Greeter).greeted).toHaveLength(1);
  });

  it('of one service on one broker handle each event once', async () => {
    const transport = memory();
    const [one, two] = [
      await startApp({ providers: [Greeter] }, { transport }),
      await startApp({ providers: [Greeter] }, { transport }),
    ];
    await eventually(() =>
      [one, two].every(({ app }) => app.get(Tramline).health().groups[0]!.partitions > 0),
    );
    await Promise.all(
      Array.from({ length: 100 }, (_, n) => one.bus.publish(UserRegistered, { ...ADA, userId: `u${n}` })),
    );
    const greeted = () => [one, two].flatMap(({ app }) => app.get(Greeter).greeted);
    await eventually(() => greeted().length >= 100);
    expect(new Set(greeted().map(({ context }) => context.eventId)).size).toBe(100);
  });
});

describe('NestFactory.create', () => {
  it('takes the module as createApplicationContext does', async () => {
    const app = await NestFactory.create(rootModule({ providers: [Greeter] }), {
      logger: false,
      abortOnError: false,
    });
    await app.init();
    await app.get(EventBus).publish(UserRegistered, ADA);
    await eventually(() => app.get(Greeter).greeted.length > 0);
    expect(app.get(Greeter).greeted).toHaveLength(1);
    await app.close();
  });
});
