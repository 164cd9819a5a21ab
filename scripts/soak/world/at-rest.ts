import type { Tramline } from '@tramline/core';
import { POINTS_SERVICE, Registered } from '../events.ts';
import type { SoakWorld } from './soak-world.ts';

/** Whether nothing is on its way any more: no row waits, no event is unhandled, everybody has points. */
export async function atRest({ users, ledger }: SoakWorld): Promise<boolean> {
  if (!(await empty(users.bus)) || (await lag(users.bus)) > 0) return false;
  const registered = (await users.books.counts()).users;
  return (await ledger.books.counts()).entries >= registered && (await empty(ledger.bus));
}

async function empty({ outbox }: Tramline): Promise<boolean> {
  const { backlog, held, scheduled } = await outbox.status();
  return backlog + held + scheduled === 0;
}

/** Events that the service of the points has not finished. */
async function lag({ transport, naming }: Tramline): Promise<number> {
  const topic = naming.topic(Registered.topic);
  const committed = await transport.groups.committed(naming.group(POINTS_SERVICE), [topic]);
  const places = new Map(committed.map(({ partition, offset }) => [partition, offset]));
  const offsets = await transport.topics.offsets(topic);
  return offsets.reduce(
    (sum, { partition, earliest, end }) => sum + end - (places.get(partition) ?? earliest),
    0,
  );
}
