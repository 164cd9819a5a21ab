// An application in a process of its own, which is told to end by a signal while a handler runs. Plain JavaScript from the
// compiled packages: decorators are called by hand.
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventBus, OnEvent, TramlineModule, defineEvent } from '@tramline/nest';
import { memory } from '@tramline/testing';

const say = (line) => process.stdout.write(`${line}\n`);
const UserRegistered = defineEvent('user.registered', { key: 'userId' });
const signalled = new Promise((resolve) => process.once('SIGTERM', resolve));

class Pool {
  onModuleDestroy() {
    this.closed = true;
    say('pool closed');
  }
}

class Writer {
  constructor(pool) {
    this.pool = pool;
  }
  async write() {
    say('handling');
    await signalled;
    await new Promise((resolve) => setTimeout(resolve, 50));
    say(this.pool.closed ? 'handled without a pool' : 'handled');
  }
}
OnEvent(UserRegistered)(
  Writer.prototype,
  'write',
  Object.getOwnPropertyDescriptor(Writer.prototype, 'write'),
);

class Farewell {
  constructor(bus) {
    this.bus = bus;
  }
  async onModuleDestroy() {
    await this.bus.publish(UserRegistered, { userId: 'u2' });
    say('published');
  }
}

class PoolModule {}
Module({ providers: [Pool], exports: [Pool] })(PoolModule);

class AppModule {}
Module({
  imports: [TramlineModule.forRoot({ service: 'test', transport: memory() }), PoolModule],
  providers: [
    { provide: Writer, useFactory: (pool) => new Writer(pool), inject: [Pool] },
    { provide: Farewell, useFactory: (bus) => new Farewell(bus), inject: [EventBus] },
  ],
})(AppModule);

// The broker in memory has nothing that keeps a process alive, and the signal may be late on a busy machine.
setInterval(() => {}, 1_000);
const app = await NestFactory.createApplicationContext(AppModule, { logger: ['warn', 'error'] });
app.enableShutdownHooks();
await app.get(EventBus).publish(UserRegistered, { userId: 'u1' });
