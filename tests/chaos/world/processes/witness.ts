/**
 * A service beside the sample, whose events have an order: each is the next step of one of a few keys, counted in the
 * transaction that publishes it. It tells the world outside of every attempt, before the attempt counts as done, and writes no
 * further steps when there is a file `REST_FILE`.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { consoleLog, Tramline, type EventContext, type HandlerDefinition } from '@tramline/core';
import { kafka } from '@tramline/kafka';
import type { Books } from '../../../../scripts/soak/books/books.ts';
import { PostgresBooks } from '../../../../scripts/soak/books/postgres-books.ts';
import { Registered } from '../../../../scripts/soak/events.ts';
import { POISON } from '../../checker/poisoned.ts';
import { STEPS } from '../../load/steps.ts';
import { serveReadiness } from './ready.ts';

const MOST_AT_ONCE = 20;

class RolledBackError extends Error {
  override readonly name = 'RolledBackError';
}

/** What a deployment changes: a handler's name, and after which wait it is tried again. */
const versions = {
  old: { id: 'note', retry: { inPlace: 2, delays: ['1s'] } },
  new: { id: 'write-down', aliases: ['note'], retry: { inPlace: 2, delays: ['2s'] } },
} satisfies Record<string, Partial<HandlerDefinition> & { id: string }>;
const version = versions[process.env['WITNESS_VERSION'] === 'new' ? 'new' : 'old'];

const books: Books = new PostgresBooks(process.env['DATABASE_URL']!, 8);
const bus = new Tramline({
  service: 'witness',
  transport: kafka.fromEnv(),
  outbox: books.outbox({ autoCreate: true, relay: { lease: '5s' } }),
  contracts: [Registered],
  consumer: { retryTiers: version.retry.delays },
  handlers: [{ ...version, events: [Registered], run: witness }],
  log: consoleLog,
});

async function witness({ userId }: { userId: string }, context: EventContext): Promise<void> {
  if (userId.startsWith(POISON)) throw new Error('This step is poison');
  const { eventId, origin, signal } = context;
  const response = await fetch(process.env['STEPS_URL']!, {
    method: 'POST',
    body: JSON.stringify({ eventId, partition: origin.partition, offset: origin.offset }),
    signal,
  });
  await response.body?.cancel();
}

/** Publishes first: so the counter, whose lock orders the transactions of a key, has no part in ordering the events. */
async function step(key: string): Promise<void> {
  const userId = randomUUID();
  const doomed = Math.random() < 0.1;
  await bus.outbox.transaction(async (tx) => {
    const { eventId } = await bus.outbox.publish(tx, Registered, { userId, key, doomed });
    await books.register(tx, { userId, key, eventId });
    if (doomed) throw new RolledBackError();
  });
}

await bus.start();
let underWay = 0;
const writing = setInterval(() => {
  if (underWay >= MOST_AT_ONCE || existsSync(process.env['REST_FILE']!)) return;
  const key = `key-${Math.floor(Math.random() * STEPS.keys)}`;
  for (let one = 0; one < STEPS.atOnce; one++) {
    underWay++;
    // What fails was not committed, or was: the tables say.
    void step(key)
      .catch(() => undefined)
      .finally(() => underWay--);
  }
}, STEPS.everyMs);
serveReadiness(bus, async () => {
  clearInterval(writing);
  await bus.close();
  await books.close();
});
