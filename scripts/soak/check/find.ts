import type { Tramline } from '@tramline/core';
import { DeadLetters } from '@tramline/core/ops';
import { Awarded, POINTS_SERVICE, Registered } from '../events.ts';
import type { SoakWorld } from '../world/soak-world.ts';
import type { Found, Logged } from './check.ts';

/** Looks at tables and log, after everything has come to rest. */
export async function find({ users, ledger }: SoakWorld, expected: number): Promise<Found> {
  return {
    expected,
    users: await users.books.users(),
    entries: await ledger.books.entries(),
    registered: await logged(users.bus, Registered),
    awarded: await logged(users.bus, Awarded),
    dead: [
      ...(await deadRows(users.bus)),
      ...(await deadRows(ledger.bus)),
      ...(await deadLetters(users.bus)),
    ],
  };
}

async function logged(bus: Tramline, contract: typeof Registered | typeof Awarded): Promise<Logged[]> {
  const records: Logged[] = [];
  for await (const { event, envelope } of bus.eventLog.read(contract))
    records.push({ eventId: envelope.id, userId: event.userId });
  return records;
}

async function deadRows({ outbox }: Tramline): Promise<string[]> {
  const { dead } = await outbox.status();
  return dead > 0 ? [`${dead} rows of an outbox are dead`] : [];
}

async function deadLetters(bus: Tramline): Promise<string[]> {
  const found: string[] = [];
  for await (const { errorMessage } of new DeadLetters(bus, POINTS_SERVICE).list())
    found.push(`an event became a dead letter: ${errorMessage}`);
  return found;
}
