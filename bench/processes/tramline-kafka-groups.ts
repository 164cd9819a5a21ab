import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineEvent, silentLog, Tramline } from '@tramline/core';
import { kafka } from '@tramline/kafka';
import { monotonic } from '../run/monotonic.ts';
import { serve, settingsOf } from '../run/serve.ts';

/** What a service of several groups took. */
export interface Taken {
  /** From `start` until every group has its partitions, milliseconds. */
  readonly startMs: number;
  /** Resident memory before the bus was made, and after every group handled the events, MiB. */
  readonly before: number;
  readonly after: number;
  readonly connections: number;
  readonly partitions: number;
}

interface Order {
  readonly n: number;
}
const Placed = defineEvent<Order>('order.placed', { key: null });
const EVENTS = 1_000;

const { brokers, namespace, groups } = settingsOf<{ brokers: string; namespace: string; groups: number }>();
const sockets = new Set<Socket>();
let bus: Tramline | undefined;

serve({
  async take(): Promise<Taken> {
    const before = residentMiB();
    const handled = new Uint32Array(groups);
    const handlers = Array.from({ length: groups }, (_, index) => ({
      id: `handler-${index}`,
      group: `group-${index}`,
      events: [Placed],
      run: () => void handled[index]!++,
    }));
    bus = new Tramline({
      service: 'groups',
      namespace,
      handlers,
      transport: kafka({ brokers, client: { socketFactory: counted } }),
      topics: { topology: 'create' },
      log: silentLog,
    });
    const started = monotonic();
    await bus.start();
    while (!bus.health().ready) await sleep(5);
    const startMs = monotonic() - started;
    const { events } = bus;
    await events.publishAll(Array.from({ length: EVENTS }, (_, n) => [Placed, { n }] as const));
    while (handled.some((count) => count < EVENTS)) await sleep(20);
    const partitions = bus.health().groups.reduce((sum, group) => sum + group.partitions, 0);
    return { startMs, before, after: residentMiB(), connections: sockets.size, partitions };
  },
  stop: () => bus?.close(),
});

function counted({ host, port, onConnect }: { host: string; port: number; onConnect: () => void }): Socket {
  const socket = connect({ host, port }, onConnect);
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  return socket;
}

function residentMiB(): number {
  return process.memoryUsage.rss() / 1024 / 1024;
}
