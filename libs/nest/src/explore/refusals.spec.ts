import 'reflect-metadata';
import {
  Controller,
  Injectable,
  Module,
  Scope,
  StandardSchemaValidationPipe,
  UseGuards,
  UsePipes,
  Inject,
  type CanActivate,
  type PipeTransform,
} from '@nestjs/common';
import { APP_PIPE, LazyModuleLoader, REQUEST } from '@nestjs/core';
import { Ctx, Payload } from '@nestjs/microservices';
import { IsString, Validate, ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EventContext, EventContract, OnEvent, type EventRef } from '../index.js';
import { eventually, faultsOf, startApp } from '../../spec-support/app.js';

@EventContract('user.registered', { key: 'userId' })
class UserRegistered {
  @IsString() userId!: string;
}
const ADA = { userId: 'u1' };

@Injectable()
class Greeter {
  @OnEvent(UserRegistered)
  greet(_event: UserRegistered) {}
}

describe('handlers that cannot work', () => {
  it('are all refused at once, each with class, method and fix', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest {
      @OnEvent(UserRegistered)
      handle(_event: UserRegistered) {}
    }
    @Injectable({ scope: Scope.TRANSIENT })
    class PerConsumer {
      @OnEvent(UserRegistered)
      handle(_event: UserRegistered) {}
    }
    @Injectable({ scope: Scope.REQUEST })
    class Session {}
    @Controller()
    class ThroughSession {
      constructor(readonly session: Session) {}
      @OnEvent(UserRegistered)
      handle(_event: UserRegistered) {}
    }
    @Injectable()
    class ThroughRequest {
      constructor(@Inject(REQUEST) readonly request: unknown) {}
      @OnEvent(UserRegistered)
      handle(_event: UserRegistered) {}
    }
    @Injectable()
    class Options {
      @OnEvent(UserRegistered, { once: true, id: 'once' })
      once(_event: UserRegistered) {}
      @OnEvent(UserRegistered, { order: 'key' })
      order(_event: UserRegistered) {}
      @OnEvent(UserRegistered, { retries: 3 } as object)
      unknown(_event: UserRegistered) {}
      @OnEvent(UserRegistered, { retry: 'gateway' })
      policy(_event: UserRegistered) {}
      @OnEvent(undefined as unknown as EventRef)
      circular() {}
      @OnEvent(UserRegistered, { id: 'same' })
      first(_event: UserRegistered) {}
      @OnEvent(UserRegistered, { id: 'new', aliases: ['same'] })
      second(_event: UserRegistered) {}
    }
    const boot = startApp(
      {
        providers: [Session, PerRequest, PerConsumer, ThroughRequest, Options],
        controllers: [ThroughSession],
      },
      { handlers: { nobody: { enabled: false }, 'PerRequest.handle': { enabled: false } } },
    );
    const faults = await faultsOf(boot);
    const expected = [
      /^PerRequest\.handle: PerRequest \(in AppModule\) is request-scoped/,
      /^PerConsumer\.handle: PerConsumer \(in AppModule\) is transient/,
      /^ThroughRequest\.handle: ThroughRequest \(in AppModule\) is request-scoped/,
      /^ThroughSession\.handle: ThroughSession \(in AppModule\) is request-scoped/,
      /^Options\.once: 'once: true' needs a database/,
      /^Options\.order: order: 'key' does not exist yet/,
      /^Options\.unknown: unknown option 'retries'/,
      /^Options\.policy: there is no policy 'gateway'/,
      /^Options\.circular: .*undefined/,
      /^Options\.second: the handler id 'same' is also that of Options\.first/,
      /overrides handler 'nobody', which does not exist/,
    ];
    for (const fault of expected) expect(faults).toContainEqual(expect.stringMatching(fault));
    expect(faults).toHaveLength(expected.length);
  });

  it('are those of a class that two modules provide: each would handle every event', async () => {
    @Module({ providers: [Greeter] })
    class SmsModule {}
    expect(await faultsOf(startApp({ imports: [SmsModule], providers: [Greeter] }))).toEqual([
      expect.stringMatching(
        /^Greeter\.greet \(in .*Module\): the handler id 'Greeter\.greet' is also that of Greeter\.greet \(in .*Module\)/,
      ),
    ]);
  });

  it('are those with options and no id on one method', async () => {
    @Injectable()
    class Twice {
      @OnEvent(UserRegistered, { concurrency: 1 })
      @OnEvent('user.deleted')
      handle() {}
    }
    expect(await faultsOf(startApp({ providers: [Twice] }))).toEqual([
      expect.stringContaining('Twice.handle: several @OnEvent with options need an id each'),
    ]);
  });

  it('are those of classes and methods without a name', async () => {
    const handle = Symbol('handle');
    class Unnamed {
      @OnEvent(UserRegistered, { id: 'symbol' })
      [handle]() {}
      @OnEvent(UserRegistered)
      named() {}
    }
    Object.defineProperty(Unnamed, 'name', { value: '' });
    expect(await faultsOf(startApp({ providers: [{ provide: 'x', useValue: new Unnamed() }] }))).toEqual([
      expect.stringContaining('its name is a symbol'),
      expect.stringContaining('no name to make an id of'),
    ]);
  });

  it('are those with a decorator on only one parameter', async () => {
    @Injectable()
    class Half {
      @OnEvent(UserRegistered)
      handle(@Payload() _event: UserRegistered, _context: EventContext) {}
      @OnEvent(UserRegistered, { id: 'other' })
      other(_event: UserRegistered, @Ctx() _context: EventContext) {}
    }
    expect(await faultsOf(startApp({ providers: [Half] }))).toEqual([
      expect.stringContaining('Half.handle: parameter 2 has no decorator'),
      expect.stringContaining('Half.other: parameter 1 has no decorator'),
    ]);
  });

  it('are those whose schema of a parameter Nest would ignore', async () => {
    const schema = z.object({ userId: z.string().min(5) });
    @Injectable()
    class Schemas {
      @OnEvent(UserRegistered)
      ignored(@Payload({ schema }) _event: UserRegistered) {}
      @OnEvent(UserRegistered)
      @UsePipes(new StandardSchemaValidationPipe())
      used(@Payload({ schema }) _event: UserRegistered) {}
    }
    expect(await faultsOf(startApp({ providers: [Schemas] }))).toEqual([
      expect.stringContaining('Schemas.ignored: the schema of parameter 1 would be ignored'),
    ]);
    const globals = [{ provide: APP_PIPE, useClass: StandardSchemaValidationPipe }];
    const test = await startApp({ providers: [...globals, Schemas] }, { globalEnhancers: true });
    const ends = await test.outcomes(UserRegistered, ADA, 2);
    expect(ends).toMatchObject([{ kind: 'dead' }, { kind: 'dead' }]);
  });

  it('are those whose guard Nest would leave out without a word', async () => {
    @Injectable()
    class Guard implements CanActivate {
      canActivate() {
        return false;
      }
    }
    @UseGuards(Guard)
    class Guarded {
      @OnEvent(UserRegistered)
      handle(_event: UserRegistered) {}
    }
    const provider = { provide: Guarded, useFactory: () => new Guarded() };
    expect(await faultsOf(startApp({ providers: [provider] }))).toEqual([
      expect.stringContaining('Guarded.handle: Nest has no instance of Guard'),
    ]);
  });

  it('are those with a transient enhancer, which Nest calls without having constructed it', async () => {
    @Injectable({ scope: Scope.TRANSIENT })
    class Pipe implements PipeTransform {
      transform(value: unknown) {
        return value;
      }
    }
    @Injectable()
    class Piped {
      @UsePipes(Pipe)
      @OnEvent(UserRegistered)
      handle(@Payload() _event: UserRegistered) {}
    }
    expect(await faultsOf(startApp({ providers: [Piped] }))).toEqual([
      expect.stringContaining('Piped.handle: Pipe is transient'),
    ]);
  });

  it('are those that act once and have no name that outlasts a renamed method', async () => {
    @Injectable()
    class Ledger {
      @OnEvent(UserRegistered, { once: true })
      award(_event: UserRegistered) {}
    }
    expect(await faultsOf(startApp({ providers: [Ledger] }))).toEqual([
      expect.stringContaining(`Ledger.award: 'once: true' needs an id of its own`),
    ]);
  });

  it('are those of contracts with asynchronous validators', async () => {
    @ValidatorConstraint({ async: true })
    class Unique implements ValidatorConstraintInterface {
      validate() {
        return Promise.resolve(true);
      }
    }
    @EventContract('user.named', { key: null })
    class UserNamed {
      @Validate(Unique) name!: string;
    }
    @Injectable()
    class Namer {
      @OnEvent(UserNamed)
      handle(_event: UserNamed) {}
    }
    expect(await faultsOf(startApp({ providers: [Namer] }))).toEqual([
      expect.stringContaining('UserNamed.name: its validator is asynchronous'),
    ]);
  });
});

describe('handlers that look twice and are one', () => {
  it('are found once behind an alias, and once under two tokens', async () => {
    const greeter = new Greeter();
    const aliased = await startApp({ providers: [Greeter, { provide: 'alias', useExisting: Greeter }] });
    const shared = await startApp({
      providers: [
        { provide: 'one', useValue: greeter },
        { provide: 'two', useValue: greeter },
      ],
    });
    for (const test of [aliased, shared]) expect(await test.outcomes(UserRegistered, ADA)).toHaveLength(1);
  });

  it('are one handler of all events without options, and several with ids', async () => {
    const handled: string[] = [];
    @Injectable()
    class Several {
      @OnEvent(UserRegistered)
      @OnEvent('user.deleted')
      either(_event: unknown, { type, handlerId }: EventContext) {
        handled.push(`${handlerId} ${type}`);
      }
      @OnEvent(UserRegistered, { id: 'a' })
      @OnEvent(UserRegistered, { id: 'b' })
      both(_event: UserRegistered, { type, handlerId }: EventContext) {
        handled.push(`${handlerId} ${type}`);
      }
    }
    const test = await startApp({ providers: [Several] });
    await test.outcomes(UserRegistered, ADA, 3);
    expect(handled.sort()).toEqual([
      'Several.either user.registered',
      'a user.registered',
      'b user.registered',
    ]);
  });
});

describe('ids of inherited handlers', () => {
  it('name the concrete class', async () => {
    class Base {
      @OnEvent(UserRegistered)
      handle(_event: UserRegistered) {}
    }
    @Injectable()
    class One extends Base {}
    @Injectable()
    class Two extends Base {}
    const test = await startApp({ providers: [One, Two] });
    const ends = await test.outcomes(UserRegistered, ADA, 2);
    expect(ends.map(({ handlerId }) => handlerId).sort()).toEqual(['One.handle', 'Two.handle']);
  });
});

describe('handlers in lazily loaded modules', () => {
  @Module({ providers: [Greeter] })
  class LazyModule {}
  @Module({ imports: [LazyModule] })
  class OuterModule {}
  @Module({})
  class EmptyModule {}

  it('are refused and logged when the module is loaded after boot', async () => {
    const { app, lines } = await startApp({});
    const loader = app.get(LazyModuleLoader);
    expect(await faultsOf(loader.load(() => OuterModule))).toEqual([
      expect.stringMatching(/^Greeter\.greet \(in LazyModule\) is in a module that was loaded lazily/),
    ]);
    expect(lines.all).toContainEqual(expect.stringMatching(/^error Greeter\.greet/));
  });

  it('do not keep other modules from being loaded, nor other applications', async () => {
    const { app } = await startApp({});
    await startApp({ providers: [Greeter] });
    await expect(app.get(LazyModuleLoader).load(() => EmptyModule)).resolves.toBeDefined();
  });

  it('are found when the module is loaded before the application is up', async () => {
    @Injectable()
    class Loader {
      constructor(private readonly loader: LazyModuleLoader) {}
      onModuleInit() {
        return this.loader.load(() => LazyModule);
      }
    }
    const test = await startApp({ providers: [Loader] });
    expect(await test.outcome(UserRegistered, ADA)).toMatchObject({
      kind: 'done',
      handlerId: 'Greeter.greet',
    });
    await eventually(() => test.ends.length === 1);
  });
});
