import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { GatewayAwayError, MessageRefusedError, SmsGateway } from './sms-gateway.js';

let server: Server;
let status: number;
let asked: { key: IncomingMessage['headers'][string]; body: unknown }[];
let gateway: SmsGateway;

beforeEach(async () => {
  status = 201;
  asked = [];
  server = createServer((request, response) => {
    void json(request).then((body) => {
      asked.push({ key: request.headers['idempotency-key'], body });
      response.writeHead(status).end('{"reason":"because"}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  gateway = new SmsGateway(() => Promise.resolve(`http://127.0.0.1:${port}/send`));
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const send = () =>
  gateway.send('+447700900123', 'Welcome', { idempotencyKey: 'a', signal: new AbortController().signal });

it('posts the message under its idempotency key', async () => {
  await send();
  expect(asked).toEqual([{ key: 'a', body: { to: '+447700900123', text: 'Welcome' } }]);
});

it.each([500, 503, 429, 408])('tells that a %i may pass', async (code) => {
  status = code;
  await expect(send()).rejects.toThrow(GatewayAwayError);
});

it.each([400, 404, 422])('tells that a %i will not, and why', async (code) => {
  status = code;
  const error = await send().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(MessageRefusedError);
  expect((error as MessageRefusedError).status).toBe(code);
  expect((error as Error).message).toContain('because');
});

it('tells that a gateway nobody answers at may come back', async () => {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  await expect(send()).rejects.toThrow(GatewayAwayError);
});
