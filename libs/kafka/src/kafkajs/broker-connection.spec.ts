import { systemClock } from '@tramline/core';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { checkOptions } from '../config/check.js';
import type { KafkaOptions } from '../config/options.js';
import { metadata } from '../protocol/api/cluster.js';
import { BrokerConnection } from './broker-connection.js';

const servers: { readonly server: Server; readonly sockets: Set<Socket> }[] = [];
const connections: BrokerConnection[] = [];

afterEach(() => {
  for (const connection of connections.splice(0)) connection.close();
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

/** Something on a port of the loopback interface that is no Kafka. */
async function listen(serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  servers.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function connectionTo(port: number, options: Partial<KafkaOptions> = {}): BrokerConnection {
  const settings = checkOptions({
    brokers: `127.0.0.1:${port}`,
    connectionTimeout: '30s',
    requestTimeout: '30s',
    ...options,
  });
  const connection = new BrokerConnection({ host: '127.0.0.1', port }, settings, 'spec', systemClock);
  connections.push(connection);
  return connection;
}

const ask = (connection: BrokerConnection, timeoutMs?: number) =>
  connection.send(metadata, { topics: [] }, timeoutMs);

it('a port that nobody listens on is away, and nothing was written', async () => {
  const port = await listen(() => {});
  servers.pop()!.server.close();
  await expect(ask(connectionTo(port))).rejects.toMatchObject({
    code: 'TRAMLINE_AWAY',
    outcome: 'not-written',
    retriable: true,
  });
});

it('a server that says nothing is given up after connectionTimeout', async () => {
  const connection = connectionTo(await listen(() => {}), { connectionTimeout: 300 });
  await expect(ask(connection)).rejects.toThrow(/did not let us in within 300 ms \(connectionTimeout\)/);
  expect(connection.usable).toBe(false);
});

it('a server that is no Kafka is named, not waited for', async () => {
  const port = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await expect(ask(connectionTo(port))).rejects.toThrow(/cannot be reached: .*Does this port want TLS/);
});

it('a broker of another age is refused with what is needed', async () => {
  const port = await listen((socket) => {
    socket.on('data', (request: Buffer) => {
      const body = Buffer.alloc(10);
      const head = Buffer.alloc(8);
      head.writeInt32BE(body.length + 4);
      request.copy(head, 4, 8, 12);
      socket.write(Buffer.concat([head, body]));
    });
  });
  await expect(ask(connectionTo(port))).rejects.toMatchObject({
    code: 'TRAMLINE_REFUSED',
    message: expect.stringContaining('Tramline needs Apache Kafka 3.0 to 4.x'),
  });
});

// kafkajs keeps a connection on which a request timed out, and every later request on it times out too.
it('a request that is not answered ends its connection', async () => {
  const port = await listen((socket) => {
    let first = true;
    socket.on('data', (request: Buffer) => {
      if (first) socket.write(versionsAnswer(request));
      first = false;
    });
  });
  const connection = connectionTo(port);
  await expect(ask(connection, 300)).rejects.toMatchObject({ code: 'TRAMLINE_AWAY', outcome: 'unknown' });
  expect(connection.usable).toBe(false);
});

it('what fails never shows the password', async () => {
  const password = 'correct horse battery staple';
  const sasl = { mechanism: 'plain', username: 'ann', password } as const;
  const port = await listen((socket) => socket.end());
  const error: unknown = await ask(connectionTo(port, { sasl })).catch((thrown: unknown) => thrown);
  expect(`${(error as Error).stack} ${JSON.stringify(error)}`).not.toContain(password);
});

/** Says that everything is spoken. */
function versionsAnswer(request: Buffer): Buffer {
  const keys = Array.from({ length: 60 }, (_, key) => key);
  const body = Buffer.alloc(6 + keys.length * 6);
  body.writeInt32BE(keys.length, 2);
  for (const key of keys) {
    body.writeInt16BE(key, 6 + key * 6);
    body.writeInt16BE(20, 10 + key * 6);
  }
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 4);
  request.copy(head, 4, 8, 12);
  return Buffer.concat([head, body]);
}
