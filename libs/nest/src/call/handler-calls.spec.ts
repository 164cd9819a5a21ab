import 'reflect-metadata';
import {
  Catch,
  HttpException,
  Injectable,
  Scope,
  UnauthorizedException,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  ValidationPipe,
  createParamDecorator,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { Ctx, Payload, RpcException } from '@nestjs/microservices';
import { IsString } from 'class-validator';
import { EMPTY, NEVER, of, tap, throwError } from 'rxjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { DiscardError, EventContext, EventContract, NonRetryableError, OnEvent } from '../index.js';
import { faultsOf, startApp } from '../../spec-support/app.js';

@EventContract('user.registered', { key: 'userId' })
class UserRegistered {
  @IsString() userId!: string;
}
const ADA = { userId: 'u1' };

class SmsError extends Error {
  override readonly name = 'SmsError';
}

let trace: string[];
beforeEach(() => {
  trace = [];
});

/** A guard as an HTTP application has it: it reads the request's headers. */
@Injectable()
class JwtGuard implements CanActivate {
  canActivate(context: ExecutionContext) {
    const request = context.switchToHttp().getRequest<{ headers?: { authorization?: string } }>();
    if (!request.headers?.authorization) throw new UnauthorizedException();
    return true;
  }
}

/** A filter as an HTTP application has it: it answers the request. */
@Catch()
class HttpFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost) {
    trace.push(`http filter ${(error as Error).message}`);
    const status = error instanceof HttpException ? error.getStatus() : 500;
    host
      .switchToHttp()
      .getResponse<{ status(code: number): { json(body: unknown): void } }>()
      .status(status)
      .json({});
  }
}

/** A filter as Nest's documentation of microservices shows it. */
@Catch()
class RpcFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost) {
    const context = host.switchToRpc().getContext<EventContext>();
    trace.push(`rpc filter ${host.getType()} ${context.type} ${(error as Error).message}`);
    return throwError(() => new RpcException('translated').getError() as object);
  }
}

@Catch()
class EmptyFilter implements ExceptionFilter {
  catch() {
    return EMPTY;
  }
}

describe('a handler without enhancers', () => {
  it('is looked up at every call, so that a spy put on it after boot is called', async () => {
    @Injectable()
    class Plain {
      @OnEvent(UserRegistered)
      handle(_event: UserRegistered) {
        trace.push('original');
      }
    }
    const test = await startApp({ providers: [Plain] });
    test.app.get(Plain).handle = () => trace.push('spy');
    await test.outcome(UserRegistered, ADA);
    expect(trace).toEqual(['spy']);
  });

  it.each([
    ['of a value', () => of(1), 'done'],
    ['that completes empty', () => EMPTY, 'done'],
    ['that fails', () => throwError(() => new SmsError('no network')), 'dead'],
    [
      'that a promise resolves with',
      async () => Promise.resolve(throwError(() => new SmsError('late'))),
      'dead',
    ],
  ])('has an Observable %s subscribed', async (_name, result, kind) => {
    @Injectable()
    class Observing {
      @OnEvent(UserRegistered)
      handle(_event: UserRegistered): unknown {
        return result();
      }
    }
    const test = await startApp({ providers: [Observing] });
    expect(await test.outcome(UserRegistered, ADA)).toMatchObject({ kind });
  });

  it('fails an attempt whose Observable never completes, at its timeout', async () => {
    @Injectable()
    class Hanging {
      @OnEvent(UserRegistered, { timeout: '50ms' })
      handle(_event: UserRegistered) {
        return NEVER;
      }
    }
    const test = await startApp({ providers: [Hanging] });
    expect(await test.outcome(UserRegistered, ADA)).toMatchObject({
      kind: 'dead',
      error: { name: 'AttemptTimeoutError' },
    });
  });
});

describe('global enhancers', () => {
  const globals = [
    { provide: APP_GUARD, useClass: JwtGuard },
    { provide: APP_FILTER, useClass: HttpFilter },
  ];

  @Injectable()
  class Greeter {
    @OnEvent(UserRegistered)
    greet(_event: UserRegistered) {
      trace.push('greeted');
    }
  }

  it('take no part, and boot names them', async () => {
    const test = await startApp({ providers: [...globals, Greeter] });
    expect(await test.outcome(UserRegistered, ADA)).toMatchObject({ kind: 'done' });
    expect(trace).toEqual(['greeted']);
    expect(test.lines.all).toContainEqual(
      expect.stringMatching(/^log Global enhancers take no part .*: JwtGuard, HttpFilter\./),
    );
  });

  it('are not named where nothing is handled or none is there', async () => {
    for (const providers of [[Greeter], globals]) {
      const { lines } = await startApp({ providers });
      expect(lines.all.filter((line) => line.includes('Global enhancers'))).toEqual([]);
    }
  });

  it('do not hide the cause either: an HTTP filter fails on our context, the attempt with its own error', async () => {
    @Injectable()
    class Failing {
      @OnEvent(UserRegistered)
      handle(_event: UserRegistered) {
        throw new SmsError('no network');
      }
    }
    const providers = [{ provide: APP_FILTER, useClass: HttpFilter }, Failing];
    const test = await startApp({ providers }, { globalEnhancers: true });
    expect(await test.outcome(UserRegistered, ADA)).toMatchObject({
      kind: 'dead',
      error: { name: 'SmsError' },
    });
    expect(trace).toEqual(['http filter no network']);
  });

  it('take part with globalEnhancers: true', async () => {
    const test = await startApp({ providers: [...globals, Greeter] }, { globalEnhancers: true });
    expect(await test.outcome(UserRegistered, ADA)).toMatchObject({
      kind: 'dead',
      error: { name: 'UnauthorizedException' },
    });
    expect(trace).toEqual(['http filter Unauthorized']);
  });

  it('of request scope are refused with globalEnhancers: true, because Nest would leave them out', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest extends JwtGuard {}
    const providers = [{ provide: APP_GUARD, useClass: PerRequest }, Greeter];
    expect(await faultsOf(startApp({ providers }, { globalEnhancers: true }))).toEqual([
      expect.stringContaining('the global PerRequest is request-scoped'),
    ]);
    const test = await startApp({ providers });
    expect(await test.outcome(UserRegistered, ADA)).toMatchObject({ kind: 'done' });
  });
});

describe('enhancers of class and method', () => {
  @Injectable()
  class Dependency {
    readonly name = 'injected';
  }
  @Injectable()
  class Guard implements CanActivate {
    constructor(private readonly dependency: Dependency) {}
    canActivate(context: ExecutionContext) {
      const rpc = context.switchToRpc();
      trace.push(
        `guard ${this.dependency.name} ${context.getType()} ${rpc.getData<UserRegistered>().userId}`,
      );
      return rpc.getData<UserRegistered>().userId !== 'forbidden';
    }
  }
  @Injectable()
  class Interceptor implements NestInterceptor {
    intercept(context: ExecutionContext, next: CallHandler) {
      trace.push(`before ${context.getClass().name}.${context.getHandler().name}`);
      return next.handle().pipe(tap({ complete: () => trace.push('after') }));
    }
  }
  @Injectable()
  class Upper implements PipeTransform<UserRegistered> {
    transform(value: unknown): unknown {
      if (!(value instanceof UserRegistered)) return value;
      trace.push('pipe');
      return Object.assign(new UserRegistered(), { userId: value.userId.toUpperCase() });
    }
  }
  const EventId = createParamDecorator(
    (_, context: ExecutionContext) => context.switchToRpc().getContext<EventContext>().eventId,
  );

  @UseGuards(Guard)
  @Injectable()
  class Greeter {
    @UseInterceptors(Interceptor)
    @UsePipes(Upper)
    @OnEvent(UserRegistered, { id: 'decorated' })
    decorated(@Payload() event: UserRegistered, @Ctx() context: EventContext, @EventId() id?: string) {
      trace.push(`${event.userId} ${context instanceof EventContext} ${id === context.eventId}`);
      if (event.userId === 'FAIL') throw new SmsError('no network');
    }
  }

  const providers = [Dependency, Greeter];

  it('run in the order of Nest, in a context of type rpc, with what they inject', async () => {
    const test = await startApp({ providers });
    expect(await test.outcome(UserRegistered, ADA)).toMatchObject({ kind: 'done' });
    expect(trace).toEqual([
      'guard injected rpc u1',
      'before Greeter.decorated',
      'pipe',
      'U1 true true',
      'after',
    ]);
  });

  it('fail the attempt when a guard says no', async () => {
    const test = await startApp({ providers });
    expect(await test.outcome(UserRegistered, { userId: 'forbidden' })).toMatchObject({
      kind: 'dead',
      error: { name: 'ForbiddenException' },
    });
    expect(trace).toEqual(['guard injected rpc forbidden']);
  });

  it('leave the error of the handler as it is', async () => {
    const test = await startApp({ providers });
    expect(await test.outcome(UserRegistered, { userId: 'fail' })).toMatchObject({
      kind: 'dead',
      error: { name: 'SmsError' },
    });
  });

  it('pass (event, context) where no parameter is decorated', async () => {
    @UseGuards(Guard)
    @Injectable()
    class Bare {
      @OnEvent(UserRegistered)
      handle(event: UserRegistered, context: EventContext) {
        trace.push(`${event.userId} ${context.attempt}`);
      }
    }
    const test = await startApp({ providers: [Dependency, Bare] });
    await test.outcome(UserRegistered, ADA);
    expect(trace).toEqual(['guard injected rpc u1', 'u1 1']);
  });

  it('take an interceptor that never calls the handler for success, as Nest does', async () => {
    class Skipping implements NestInterceptor {
      intercept() {
        return EMPTY;
      }
    }
    @Injectable()
    class Skipped {
      @UseInterceptors(new Skipping())
      @OnEvent(UserRegistered)
      handle(_event: UserRegistered) {
        trace.push('called');
      }
    }
    const test = await startApp({ providers: [Skipped] });
    expect(await test.outcome(UserRegistered, ADA)).toMatchObject({ kind: 'done' });
    expect(trace).toEqual([]);
  });

  it('run pipes of a parameter once, also where a filter is there too', async () => {
    @UseFilters(RpcFilter)
    @Injectable()
    class Both {
      @OnEvent(UserRegistered)
      handle(@Payload(Upper, new ValidationPipe()) event: UserRegistered) {
        throw new SmsError(event.userId);
      }
    }
    const test = await startApp({ providers: [Both] });
    expect(await test.outcome(UserRegistered, ADA)).toMatchObject({
      kind: 'dead',
      error: { name: 'SmsError', message: 'U1' },
    });
    expect(trace).toEqual(['pipe', 'rpc filter rpc user.registered U1']);
  });

  it('see the current context', async () => {
    class Current implements NestInterceptor {
      intercept(_: ExecutionContext, next: CallHandler) {
        trace.push(String(EventContext.current()?.handlerId));
        return next.handle();
      }
    }
    @Injectable()
    class Contextual {
      @UseInterceptors(new Current())
      @OnEvent(UserRegistered)
      async handle(_event: UserRegistered) {
        await Promise.resolve();
        trace.push(String(EventContext.current()?.handlerId));
      }
    }
    const test = await startApp({ providers: [Contextual] });
    await test.outcome(UserRegistered, ADA);
    expect(trace).toEqual(['Contextual.handle', 'Contextual.handle']);
  });
});

describe('filters', () => {
  /** Fails with the error given, behind a filter. */
  const failing = (filter: ExceptionFilter | (new () => ExceptionFilter), error: unknown) => {
    @Injectable()
    class Failing {
      @UseFilters(filter)
      @OnEvent(UserRegistered)
      handle(_event: UserRegistered) {
        throw error;
      }
    }
    return startApp({ providers: [Failing] });
  };
  const thrower = (thrown: unknown): ExceptionFilter => {
    @Catch()
    class Thrower implements ExceptionFilter {
      catch() {
        throw thrown;
      }
    }
    return new Thrower();
  };
  const answerer = (answer: unknown): ExceptionFilter => {
    @Catch()
    class Answerer implements ExceptionFilter {
      catch(): unknown {
        return typeof answer === 'function' ? (answer as () => unknown)() : answer;
      }
    }
    return new Answerer();
  };

  it.each([
    ['in RPC style', RpcFilter],
    ['that returns EMPTY', EmptyFilter],
    ['for HTTP', HttpFilter],
    ['that throws something else', thrower(new TypeError('mine'))],
    ['that returns a value', answerer('handled')],
    ['that returns nothing', answerer(undefined)],
    ['that returns a promise', answerer(Promise.resolve('handled'))],
  ])('%s observe and change nothing', async (_name, filter) => {
    const test = await failing(filter, new SmsError('no network'));
    expect(await test.outcome(UserRegistered, ADA)).toMatchObject({
      kind: 'dead',
      error: { name: 'SmsError', message: 'no network' },
    });
  });

  it('get the error, the event and the context', async () => {
    const test = await failing(RpcFilter, new SmsError('no network'));
    await test.outcome(UserRegistered, ADA);
    expect(trace).toEqual(['rpc filter rpc user.registered no network']);
  });

  it.each([
    ['throwing', thrower(new DiscardError('of no use'))],
    ['an Observable that fails with', answerer(throwError(() => new DiscardError('of no use')))],
    ['a promise that rejects with', answerer(() => Promise.reject(new DiscardError('of no use')))],
  ])('discard the event by %s a DiscardError', async (_name, filter) => {
    const test = await failing(filter, new SmsError('no network'));
    expect(await test.outcome(UserRegistered, ADA)).toMatchObject({
      kind: 'discarded',
      error: { message: 'of no use' },
    });
  });

  it('end the attempts by throwing a NonRetryableError', async () => {
    @Injectable()
    class Failing {
      @UseFilters(thrower(new NonRetryableError('give up')))
      @OnEvent(UserRegistered, { retry: { inPlace: 5, delays: ['1h'] } })
      handle(_event: UserRegistered) {
        trace.push('run');
        throw new SmsError('no network');
      }
    }
    const test = await startApp({ providers: [Failing] });
    expect(await test.outcome(UserRegistered, ADA)).toMatchObject({
      kind: 'dead',
      error: { message: 'give up' },
    });
    expect(trace).toEqual(['run']);
  });

  it('of a class that they do not catch are passed by', async () => {
    @Catch(RangeError)
    class Ranges implements ExceptionFilter {
      catch() {
        trace.push('never');
      }
    }
    const test = await failing(Ranges, new SmsError('no network'));
    expect(await test.outcome(UserRegistered, ADA)).toMatchObject({
      kind: 'dead',
      error: { name: 'SmsError' },
    });
    expect(trace).toEqual([]);
  });

  it.each([
    ['a string', 'text'],
    ['undefined', undefined],
    ['an object without a prototype', Object.create(null) as object],
  ])('may be given %s, which is an error all the same', async (_name, thrown) => {
    const test = await failing(thrower(thrown), thrown);
    expect(await test.outcome(UserRegistered, ADA)).toMatchObject({ kind: 'dead' });
  });

  it('keep the errors of attempts that run at once apart', async () => {
    @UseFilters(RpcFilter)
    @Injectable()
    class Failing {
      @OnEvent(UserRegistered)
      async handle(event: UserRegistered) {
        await new Promise((resolve) => setImmediate(resolve));
        throw new SmsError(event.userId);
      }
    }
    const test = await startApp({ providers: [Failing] });
    const users = Array.from({ length: 20 }, (_, n) => `u${n}`);
    const ends = await Promise.all(users.map((userId) => test.outcome(UserRegistered, { userId })));
    expect(ends.map((end) => end.kind === 'dead' && end.error.message)).toEqual(users);
  });
});

describe('all kinds of global enhancers', () => {
  it('run around a handler with decorated parameters', async () => {
    class Interceptor implements NestInterceptor {
      intercept(_: ExecutionContext, next: CallHandler) {
        trace.push('interceptor');
        return next.handle();
      }
    }
    class Pipe implements PipeTransform {
      transform(value: unknown) {
        trace.push('pipe');
        return value;
      }
    }
    @Injectable()
    class Greeter {
      @OnEvent(UserRegistered)
      greet(@Payload() _event: UserRegistered) {
        trace.push('greeted');
      }
    }
    const globals = [
      { provide: APP_INTERCEPTOR, useClass: Interceptor },
      { provide: APP_PIPE, useClass: Pipe },
    ];
    const test = await startApp({ providers: [...globals, Greeter] }, { globalEnhancers: true });
    await test.outcome(UserRegistered, ADA);
    expect(trace).toEqual(['interceptor', 'pipe', 'greeted']);
  });
});
