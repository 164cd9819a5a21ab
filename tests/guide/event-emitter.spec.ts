import { Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { embedded } from '@tramline/embedded';
import { defineEvent, EventBus, OnEvent, TramlineModule } from '@tramline/nest';
import { TestBus } from '@tramline/testing/nest';
import { expect, it } from 'vitest';

const seen: unknown[] = [];

// #region use
@Injectable()
class Users {
  constructor(private readonly bus: EventBus) {}

  async register(name: string): Promise<void> {
    await this.bus.publish('user.registered', { name });
  }

  @OnEvent('user.registered', { id: 'greet' })
  greet(event: { name: string }): void {
    seen.push(event);
  }
}
// #endregion

@Module({
  imports: [
    // #region module
    TramlineModule.forRoot({
      service: 'users',
      transport: embedded({ directory: '.tramline' }),
      contracts: [defineEvent('user.registered', { key: null })], // null: no order
    }),
    // #endregion
  ],
  providers: [Users],
})
class UsersModule {}

it('moves over by name, once the name has a contract', async () => {
  const builder = Test.createTestingModule({ imports: [UsersModule] });
  const test = TestBus.attach(builder);
  const app = await builder.compile();
  await app.init();
  await app.get(Users).register('Ada');
  await test.idle();
  expect(seen).toEqual([{ name: 'Ada' }]);
  await app.close();
  await test.close();
});
