import 'reflect-metadata';
import {
  Body,
  Catch,
  Controller,
  Global,
  HttpException,
  Injectable,
  Module,
  Post,
  SetMetadata,
  UnauthorizedException,
  UseFilters,
  UsePipes,
  ValidationPipe,
  type ArgumentsHost,
  type CanActivate,
  type DynamicModule,
  type ExceptionFilter,
  type ExecutionContext,
  type OnModuleDestroy,
  type Type,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, NestFactory, Reflector } from '@nestjs/core';
import { Ctx, Payload, RpcException } from '@nestjs/microservices';
import { memory, type MemoryProvider } from '@tramline/testing';
import { IsInt, IsString } from 'class-validator';
import { throwError } from 'rxjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { EventBus, EventContext, EventContract, OnEvent, Tramline, TramlineModule } from '../index.js';
import { eventually } from '../../spec-support/app.js';

@EventContract('user.registered', { key: 'userId' })
class UserRegistered {
  @IsString() userId!: string;
  @IsInt() n!: number;
}

const Public = () => SetMetadata('public', true);

/** Rejects whatever brings no token; an event never does. */
@Injectable()
class JwtGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext) {
    if (this.reflector.get<boolean>('public', context.getHandler())) return true;
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>();
    if (headers['authorization'] !== 'Bearer token') throw new UnauthorizedException();
    return true;
  }
}

@Catch()
class HttpFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost) {
    const response = host
      .switchToHttp()
      .getResponse<{ status(code: number): { json(body: object): void } }>();
    response.status(error instanceof HttpException ? error.getStatus() : 500).json({ failed: true });
  }
}

@Catch()
class RpcFilter implements ExceptionFilter {
  catch(error: unknown) {
    return throwError(() => new RpcException(error as Error));
  }
}

@Injectable()
class Pool implements OnModuleDestroy {
  static used: string[] = [];
  private open = true;

  insert(row: string) {
    if (!this.open) throw new Error('the pool is closed');
    Pool.used.push(row);
  }
  onModuleDestroy() {
    this.open = false;
  }
}

@Global()
@Module({ providers: [Pool], exports: [Pool] })
class PoolModule {}

@UseFilters(RpcFilter)
@Injectable()
class Ledger {
  static calls = 0;
  constructor(private readonly pool: Pool) {}

  @UsePipes(new ValidationPipe({ transform: true }))
  @OnEvent(UserRegistered, { id: 'ledger', concurrency: 8 })
  async record(@Payload() event: UserRegistered, @Ctx() context: EventContext) {
    Ledger.calls++;
    // Every third event fails once, wherever it runs first.
    if (event.n % 3 === 0 && context.attempt === 1) throw new Error('not now');
    await new Promise((resolve) => setImmediate(resolve));
    this.pool.insert(`${event.userId} ${event.n}`);
  }
}

@Controller('users')
class Users {
  constructor(private readonly bus: EventBus) {}

  @Public()
  @Post()
  async register(@Body() event: UserRegistered) {
    return this.bus.publish(UserRegistered, event);
  }

  @Post('guarded')
  guarded() {
    return {};
  }
}

const globals = [
  { provide: APP_GUARD, useClass: JwtGuard },
  { provide: APP_FILTER, useClass: HttpFilter },
  { provide: APP_PIPE, useValue: new ValidationPipe({ whitelist: true, transform: true }) },
];

beforeEach(() => {
  Pool.used = [];
  Ledger.calls = 0;
});

describe.each([
  ['before', (bus: DynamicModule) => [PoolModule, bus]],
  ['after', (bus: DynamicModule) => [bus, PoolModule]],
])('an HTTP application with a guard, filters, pipes and a pool imported %s ours', (_name, imports) => {
  const open = async (transport: MemoryProvider) => {
    const bus = TramlineModule.forRoot({ service: 'points', transport });
    @Module({ imports: imports(bus), controllers: [Users], providers: [Ledger, ...globals] })
    class AppModule {}
    const app = await NestFactory.create(AppModule as Type, { logger: false, abortOnError: false });
    app.enableShutdownHooks();
    await app.listen(0, '127.0.0.1');
    return { app, url: await app.getUrl() };
  };
  const post = (url: string, body: object) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('loses nothing, rejects nothing and reports nothing done wrongly, through a stop in the middle', async () => {
    const transport = memory();
    const first = await open(transport);
    try {
      expect((await post(`${first.url}/users/guarded`, {})).status).toBe(401);
      expect((await post(`${first.url}/users`, { userId: 'u1', n: 'none' })).status).toBe(400);
      const posts = Array.from({ length: 150 }, (_, n) =>
        post(`${first.url}/users`, { userId: `u${n % 10}`, n }),
      );
      const answers = await Promise.all(posts);
      expect(answers.map(({ status }) => status)).toEqual(Array(150).fill(201));
      await eventually(() => Ledger.calls > 5);
    } finally {
      await first.app.close();
    }
    expect(first.app.get(Tramline).health().live).toBe(false);
    const second = await open(transport);
    try {
      const rows = Array.from({ length: 150 }, (_, n) => `u${n % 10} ${n}`);
      await eventually(() => new Set(Pool.used).size >= rows.length);
      // Both ended in order, so nothing was repeated either.
      expect([...Pool.used].toSorted((a, b) => a.localeCompare(b))).toEqual(
        rows.toSorted((a, b) => a.localeCompare(b)),
      );
    } finally {
      await second.app.close();
    }
  });
});

describe('an HTTP application that is being stopped', () => {
  it('serves and publishes until its server is closed', async () => {
    let answer: Response | undefined;
    @Controller()
    class Probe implements OnModuleDestroy {
      url = '';
      async onModuleDestroy() {
        answer = await fetch(`${this.url}/users`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', connection: 'close' },
          body: JSON.stringify({ userId: 'u1', n: 1 }),
        });
      }
    }
    const bus = TramlineModule.forRoot({ service: 'points', transport: memory() });
    @Module({ imports: [bus], controllers: [Users, Probe] })
    class AppModule {}
    const app = await NestFactory.create(AppModule as Type, { logger: false });
    await app.listen(0, '127.0.0.1');
    app.get(Probe).url = await app.getUrl();
    await app.close();
    expect(answer?.status).toBe(201);
    expect(await answer?.json()).toMatchObject({ topic: 'user.registered' });
  });
});
