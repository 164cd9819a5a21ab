import { Injectable, Module, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { ConfigurationError, EventContract } from '@tramline/core';
import { memory, MemoryBroker } from '@tramline/testing';
import { Type } from 'class-transformer';
import {
  IsArray,
  IsEmail,
  IsEnum,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Min,
  ValidateNested,
} from 'class-validator';
import { describe, expect, it } from 'vitest';
import { OnEvent } from '../declare/on-event.js';
import { TramlineModule } from '../module/tramline.module.js';
import { describeApplication } from './describe-application.js';
import { payloadSchemas } from './payload-schema.js';

enum Tier {
  Gold = 'gold',
  Plain = 'plain',
}

class Address {
  @IsString() city!: string;
}

@EventContract('user.registered', { key: 'userId' })
class UserRegistered {
  @IsUUID() userId!: string;
  @IsEmail() @IsOptional() email?: string;
  @IsInt() @Min(18) age!: number;
  @IsEnum(Tier) tier!: Tier;
  @IsString({ each: true }) @IsArray() tags!: string[];
  @ValidateNested() @Type(() => Address) address!: Address;
  @ValidateNested({ each: true }) @Type(() => Address) others!: Address[];
}

const hooks: string[] = [];

@Injectable()
class Greeter implements OnModuleInit, OnApplicationBootstrap {
  onModuleInit() {
    hooks.push('init');
  }
  onApplicationBootstrap() {
    hooks.push('bootstrap');
  }

  @OnEvent(UserRegistered, { id: 'welcome', retry: { delays: ['10s'] }, concurrency: 2 })
  greet(_event: UserRegistered) {}
}

const broker = new MemoryBroker();
const moduleWith = (options: object) => {
  @Module({
    imports: [TramlineModule.forRoot({ service: 'sms', transport: memory({ broker }), ...options })],
    providers: [Greeter],
  })
  class AppModule {}
  return AppModule;
};

describe('an application that is described', () => {
  it('tells its handlers with every default and override, and starts nothing', async () => {
    const AppModule = moduleWith({
      namespace: 'test',
      consume: false,
      handlers: { welcome: { concurrency: 3 } },
    });
    expect(await describeApplication(AppModule)).toMatchObject({
      ...{
        service: 'sms',
        namespace: 'test',
        tiersMs: [10_000, 60_000, 600_000, 3_600_000],
        hasOutbox: false,
      },
      contracts: [
        { type: 'user.registered', topic: 'user.registered', key: 'userId', target: UserRegistered },
      ],
      handlers: [
        {
          ...{ id: 'welcome', aliases: [], place: 'Greeter.greet', group: 'sms', enabled: true, once: false },
          ...{ concurrency: 3, timeoutMs: 60_000, broadcast: false, batch: null, startFrom: 'earliest' },
          policy: { inPlace: 3, delaysMs: [10_000], rules: [] },
        },
      ],
    });
    expect(hooks).toEqual([]);
  });

  it('tells every fault', async () => {
    const AppModule = moduleWith({ handlers: { nobody: { enabled: false } } });
    await expect(describeApplication(AppModule)).rejects.toThrow(ConfigurationError);
  });
});

it('the JSON Schema of a class is what its decorators say', async () => {
  const schemaOf = await payloadSchemas();
  const address = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
  expect(schemaOf({ type: 'x', topic: 'x', key: null, target: UserRegistered })).toEqual({
    type: 'object',
    properties: {
      userId: { type: 'string', format: 'uuid' },
      email: { type: 'string', format: 'email' },
      age: { type: 'integer', minimum: 18 },
      tier: { enum: ['gold', 'plain'] },
      tags: { type: 'array', items: { type: 'string' } },
      address,
      others: { type: 'array', items: address },
    },
    required: ['address', 'age', 'others', 'tags', 'tier', 'userId'],
  });
  expect(schemaOf({ type: 'x', topic: 'x', key: null })).toBeUndefined();
});
