import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  EventBus,
  EventContext,
  EventContract,
  OnEvent,
  Tramline,
  TramlineModule,
  type TramlineModuleOptions,
  type TransportProvider,
} from '@tramline/nest';
import { TestBus, TestBusError } from '@tramline/testing/nest';
import { IsEmail, IsString } from 'class-validator';
import { describe, expect, it, onTestFinished } from 'vitest';

@EventContract('user.registered', { key: 'userId' })
class UserRegistered {
  @IsString() userId!: string;
  @IsEmail() email!: string;
}

@EventContract('user.welcomed', { key: 'userId' })
class UserWelcomed {
  @IsString() userId!: string;
}

const ADA = { userId: 'u1', email: 'ada@example.com' };

abstract class Mailer {
  abstract send(to: string): Promise<void>;
}

class RealMailer extends Mailer {
  override send(): Promise<void> {
    throw new Error('a test must not send mail');
  }
}

class FakeMailer extends Mailer {
  readonly sent: string[] = [];
  override async send(to: string): Promise<void> {
    this.sent.push(to);
  }
}

@Injectable()
class Welcome {
  constructor(
    private readonly mailer: Mailer,
    private readonly bus: EventBus,
  ) {}

  @OnEvent(UserRegistered, { id: 'welcome' })
  async greet({ userId, email }: UserRegistered, _context: EventContext): Promise<void> {
    await this.mailer.send(email);
    await this.bus.publish(UserWelcomed, { userId });
  }
}

/** As production has it: reaching it fails the test. */
const unreachable: TransportProvider = {
  name: 'production',
  open: () => {
    throw new Error('a test must not connect');
  },
};

function appModule(options: Partial<TramlineModuleOptions> = {}): new () => object {
  @Module({
    imports: [
      TramlineModule.forRootAsync({
        useFactory: () => ({ service: 'mail', namespace: 'eu', transport: unreachable, ...options }),
      }),
    ],
    providers: [Welcome, { provide: Mailer, useClass: RealMailer }],
  })
  class AppModule {}
  return AppModule;
}

async function started(options?: Partial<TramlineModuleOptions>) {
  const mailer = new FakeMailer();
  const builder = Test.createTestingModule({ imports: [appModule(options)] });
  const bus = TestBus.attach(builder);
  const app = await builder.overrideProvider(Mailer).useValue(mailer).compile();
  await app.init();
  onTestFinished(async () => {
    await app.close();
    await bus.close();
  });
  return { app, bus, mailer };
}

describe('TestBus.attach', () => {
  it('replaces transport and clock, beside other overrides, and keeps every option', async () => {
    const { app, bus, mailer } = await started({ topics: { topology: 'verify', partitions: 2 } });
    await app.get(EventBus).publish(UserRegistered, ADA);
    await bus.idle();
    expect(mailer.sent).toEqual(['ada@example.com']);
    const [handled] = bus.handled<UserRegistered>('welcome');
    expect(handled?.event).toBeInstanceOf(UserRegistered);
    const [welcomed] = bus.published(UserWelcomed);
    expect(welcomed?.event).toBeInstanceOf(UserWelcomed);
    expect(welcomed).toMatchObject({ topic: 'eu.user.welcomed', envelope: { source: 'mail' } });
    expect(welcomed?.envelope.causationId).toBe(handled?.envelope.id);
    expect(await app.get(Tramline).transport.partitionCount('eu.user.registered')).toBe(2);
  });

  it('lets an hour of retries pass at once', async () => {
    const { bus, mailer } = await started();
    bus.fail('welcome', { times: 9 });
    await bus.publish(UserRegistered, ADA);
    await bus.advance('12m');
    expect(mailer.sent).toEqual(['ada@example.com']);
    expect(bus.handled('welcome')).toMatchObject([{ attempt: 10 }]);
  });

  it('tells dead letters with the event as its class has it', async () => {
    const { bus } = await started({ retry: { inPlace: 1, delays: [] } });
    bus.fail('welcome', { error: new Error('refused') });
    await bus.publish(UserRegistered, ADA);
    await bus.idle();
    expect(bus.deadLetters()).toMatchObject([
      { handlerId: 'welcome', event: ADA, reason: 'retries-exhausted' },
    ]);
    expect(bus.deadLetters()[0]!.event).toBeInstanceOf(UserRegistered);
  });

  it('publishes as the service does: a payload that breaks its contract is refused', async () => {
    const { bus } = await started();
    await expect(bus.publish(UserRegistered, { ...ADA, email: 'nobody' })).rejects.toThrow(
      'must be an email',
    );
    expect(bus.published(UserRegistered)).toEqual([]);
  });

  it('refuses a second bus for one testing module, and use before init', async () => {
    const builder = Test.createTestingModule({ imports: [appModule()] });
    const bus = TestBus.attach(builder);
    expect(() => TestBus.attach(builder)).toThrow(TestBusError);
    expect(() => bus.handled('welcome')).toThrow('compile the testing module and call init()');
    const app = await builder.overrideProvider(Mailer).useClass(FakeMailer).compile();
    expect(() => bus.handled('welcome')).toThrow(`Known: none yet; call init()`);
    await app.close();
  });

  it('says so where the module under test has no bus', async () => {
    const builder = Test.createTestingModule({});
    const bus = TestBus.attach(builder);
    const app = await builder.compile();
    await app.init();
    await expect(bus.idle()).rejects.toThrow('TramlineModule is among its imports');
    await app.close();
  });

  it('tells the faults of the application as its boot does', async () => {
    const builder = Test.createTestingModule({
      imports: [appModule({ service: 'not a name', namespace: '' })],
    });
    TestBus.attach(builder);
    await expect(builder.compile()).rejects.toThrow('2 faults in the configuration');
  });

  it('ends with the application, and close() then fails when a handler does not end', async () => {
    let end = () => {};
    const hanging: Mailer = { send: () => new Promise((resolve) => (end = resolve)) };
    const builder = Test.createTestingModule({ imports: [appModule()] });
    const bus = TestBus.attach(builder, { patience: 20 });
    const app = await builder.overrideProvider(Mailer).useValue(hanging).compile();
    await app.init();
    await bus.publish(UserRegistered, ADA);
    await bus.clock.settle();
    await app.close();
    await expect(bus.close()).rejects.toThrow('welcome still runs: let it end on context.signal');
    end();
  });
});
