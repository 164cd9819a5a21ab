import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { person } from './support/sample-client.ts';
import { SampleSystem } from './support/sample-system.ts';
import { until } from './support/until.ts';

let system: SampleSystem | undefined;
let socket: Socket | undefined;
afterEach(async () => {
  socket?.destroy();
  await system?.close();
});

it('a client with a request under way at SIGTERM is answered, and told to leave with the next', async () => {
  system = await SampleSystem.start();
  const registration = system.get('registration');
  const { port, hostname } = new URL(registration.url);
  socket = connect(Number(port), hostname);
  let heard = '';
  socket.on('data', (bytes) => (heard += String(bytes)));
  const body = JSON.stringify(person(1));
  const head = ['POST /users HTTP/1.1', 'host: x', 'content-type: application/json'];
  socket.write([...head, `content-length: ${body.length}`, '', body.slice(0, 5)].join('\r\n'));
  // The service has begun with it by the time that it has answered somebody else.
  await (await fetch(`${registration.url}/health`)).text();

  const ended = registration.stop();
  await until('nobody else is let in', () =>
    fetch(registration.url).then(
      () => false,
      () => true,
    ),
  );
  socket.write(body.slice(5));
  await until('the answer', () => heard.includes('userId'));
  expect(heard).toMatch(/^HTTP\/1.1 201 /);
  heard = '';
  socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(socket, 'close');
  expect(heard.toLowerCase()).toContain('connection: close');
  await ended;
});
