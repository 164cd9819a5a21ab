import 'reflect-metadata';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { GatewayController } from './gateway.controller.js';
import { MessagesStore } from './messages.store.js';

let app: INestApplication;
let store: MessagesStore;
beforeEach(async () => {
  store = await MessagesStore.open(':memory:');
  class AppModule {}
  const module = {
    module: AppModule,
    controllers: [GatewayController],
    providers: [{ provide: MessagesStore, useValue: store }],
  };
  app = await NestFactory.create(module, { logger: false });
  await app.listen(0, '127.0.0.1');
});
// Closes the store too.
afterEach(() => app.close());

async function fail(body?: string): Promise<{ status: number; answer: string }> {
  const response = await fetch(`${await app.getUrl()}/gateway/failures`, {
    method: 'POST',
    ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }),
  });
  return { status: response.status, answer: await response.text() };
}

it('is told to fail, and mended with an empty object', async () => {
  expect(await fail('{"next": 1, "rate": 1}')).toEqual({ status: 200, answer: '{"next":1,"rate":1}' });
  expect([store.shallFail(), store.shallFail()]).toEqual([true, true]);
  expect(await fail('{}')).toEqual({ status: 200, answer: '{"next":0,"rate":0}' });
  expect(store.shallFail()).toBe(false);
});

it.each([
  ['{"nxt": 3}', 'property nxt should not exist'],
  ['{"next": 3, "ratio": 1}', 'property ratio should not exist'],
  ['{"next": "3"}', 'next must be an integer number'],
  ['{"next": null}', 'next must be an integer number'],
  ['{"rate": 2}', 'rate must not be greater than 1'],
  ['[{"next": 3}]', 'next must be an integer number'],
  ['[]', 'next must be an integer number'],
  [undefined, 'The body is missing: send JSON'],
])('refuses %s, and goes on failing as it was told before', async (body, said) => {
  await fail('{"rate": 1}');
  const { status, answer } = await fail(body);
  expect(status).toBe(400);
  expect(answer).toContain(said);
  expect(store.shallFail()).toBe(true);
});
