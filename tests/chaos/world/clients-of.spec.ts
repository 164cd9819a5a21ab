import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { until } from '../../sample/support/until.ts';
import { clientsOf } from './clients-of.ts';

const sockets: Socket[] = [];
const server = createServer({ allowHalfOpen: true }, (socket) => sockets.push(socket));

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

it('counts connections that others hold open, and not what they left to be closed', async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  expect(clientsOf(port)).toBe(0);
  const clients = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
  sockets.push(...clients);
  await until('both are there', () => clientsOf(port) === 2 && sockets.length === 4);
  clients[0]!.end();
  await until('one has left', () => clientsOf(port) === 1);
});
