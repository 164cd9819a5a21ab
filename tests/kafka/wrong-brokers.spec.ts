import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defineEvent, type Log } from '@tramline/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePorts } from '../../scripts/kafka/ports.ts';
import { KafkaWorld } from './support/kafka-world.ts';

const Placed = defineEvent<{ id: string }>('order.placed', { key: 'id' });

let world: KafkaWorld;
let lines: string[];
beforeEach(() => {
  lines = [];
});
afterEach(() => world.close());

const say = (line: string) => void lines.push(line);
const log: Log = { debug() {}, info: say, warn: say, error: say };
const service = (brokers: string) => {
  world = new KafkaWorld(brokers);
  return world.bus('shop', {
    handlers: [{ id: 'see', events: [Placed], run: () => {} }],
    log,
    publisher: { timeout: '8s' },
  });
};

it('brokers that nobody can reach: it says so, is not ready, tries on, and stops when asked to', async () => {
  const [one, other] = await freePorts(2);
  const bus = service(`127.0.0.1:${one},127.0.0.1:${other}`);
  await bus.start();
  expect(bus.health()).toMatchObject({ ready: false, live: true });
  expect(lines.join('\n')).toMatch(/cannot be reached yet.*127\.0\.0\.1:\d+.*Trying on/);
  await expect(bus.events.publish(Placed, { id: 'x' })).rejects.toMatchObject({
    code: 'TRAMLINE_PUBLISH_TIMEOUT',
    outcome: 'not-written',
    message: expect.stringMatching(/the last error was: Kafka at 127\.0\.0\.1:\d+ cannot be reached/),
  });
  await bus.close();
  expect(bus.health().live).toBe(false);
});

it('a name that does not exist is named', async () => {
  const bus = service('kafka.invalid:9092');
  await bus.start();
  expect(lines.join('\n')).toContain('kafka.invalid:9092');
});

it('a server that is no Kafka is named, and what it may be instead', async () => {
  const server = createServer((_, answer) => answer.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const bus = service(`127.0.0.1:${port}`);
    await bus.start();
    expect(lines.join('\n')).toMatch(
      new RegExp(`127.0.0.1:${port} cannot be reached: .* Does this port want TLS`),
    );
    expect(bus.health().ready).toBe(false);
    await bus.close();
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
