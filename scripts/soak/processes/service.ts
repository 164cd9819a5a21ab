/** The service that registers users, as many at once as it is told, each with an event in one transaction. */
import { setTimeout as pause } from 'node:timers/promises';
import { AlreadyRegisteredError } from '../books/books.ts';
import { openBooks } from '../books/open-books.ts';
import { Registered } from '../events.ts';
import { placesGiven, tell, untilLetGo, type Order } from './messages.ts';
import { openBus } from './open-bus.ts';

/** So many keys that most writers meet nobody, and so few that many meet somebody. */
const KEYS = 40;
const PAUSE_MS = 100;

class RolledBackError extends Error {
  override readonly name = 'RolledBackError';
}

const { users, transport, writers } = placesGiven();
const books = openBooks(users, writers + 2);
const bus = openBus({ service: 'users', transport, books, outbox: { relay: false } });
const numbers: number[] = [];
const waiting: (() => void)[] = [];

/** Publishes first: so the order of the counter shows the order of the outbox, and not the other way round. */
async function register(number: number): Promise<void> {
  const userId = `user-${number}`;
  const key = `key-${number % KEYS}`;
  const doomed = number % 10 === 3;
  await bus.outbox.transaction(async (tx) => {
    const { eventId } = await bus.outbox.publish(tx, Registered, { userId, key, doomed });
    await books.register(tx, { userId, key, eventId });
    if (doomed) throw new RolledBackError();
  });
}

async function settle(number: number): Promise<void> {
  for (;;) {
    try {
      return await register(number);
    } catch (error) {
      if (error instanceof RolledBackError || error instanceof AlreadyRegisteredError) return;
      tell({ kind: 'tried-again', reason: String(error) });
      await pause(PAUSE_MS);
    }
  }
}

async function write(): Promise<never> {
  for (;;) {
    const number = numbers.shift();
    if (number === undefined) await new Promise<void>((resolve) => waiting.push(resolve));
    else {
      await settle(number);
      tell({ kind: 'settled', number });
    }
  }
}

await bus.start();
for (let writer = 0; writer < writers; writer++) void write();
process.on('message', ({ register: more }: Order) => {
  numbers.push(...more);
  for (const resolve of waiting.splice(0)) resolve();
});
untilLetGo(async () => {
  await bus.close();
  await books.close();
});
tell({ kind: 'ready' });
