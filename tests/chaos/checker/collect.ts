import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DeadLetters } from '@tramline/core/ops';
import { Registered } from '../../../scripts/soak/events.ts';
import type { Registration } from '../load/registering.ts';
import { GROUPS, type ChaosWorld } from '../world/chaos-world.ts';
import type { Found, FoundLetter, LedgerRow, Logged, StoredUser } from './found.ts';
import type { Poisoned } from './poisoned.ts';

/** Looks everywhere, past every proxy and without the services. */
export async function collect(
  world: ChaosWorld,
  registered: readonly Registration[],
  poisoned: readonly Poisoned[],
): Promise<Found> {
  const { sample } = world.database;
  const users = await sample.query<StoredUser>(
    `SELECT user_id AS "userId", email, phone, extract(epoch FROM registered_at::timestamptz)::float8 * 1000 AS at
     FROM registration.users`,
  );
  const ledger = await sample.query<LedgerRow>(
    `SELECT user_id AS "userId", points, extract(epoch FROM at::timestamptz)::float8 * 1000 AS at
     FROM points.ledger ORDER BY position`,
  );
  return {
    registered,
    users: users.rows,
    ledger: ledger.rows,
    sms: world.outside.sms,
    mails: countMails(join(world.folder, 'mailbox.db')),
    announced: await readAll(world, 'user.registered'),
    awarded: await readAll(world, 'points.awarded'),
    committedSteps: await world.books.users(),
    loggedSteps: await readAll(world, Registered.topic),
    steps: world.outside.steps,
    poisoned,
    letters: await readLetters(world),
  };
}

async function readAll({ bus: { transport } }: ChaosWorld, topic: string): Promise<Logged[]> {
  const all: Logged[] = [];
  for (const { partition, earliest, end } of await transport.topics.offsets(topic))
    for await (const records of transport.read({ topic, partition, from: earliest, to: end }))
      for (const { offset, timestamp, key, headers } of records) {
        const id = headers.find(([name]) => name === 'ce_id')?.[1];
        // Poison that we wrote has none.
        if (id) all.push({ eventId: text(id), key: text(key), topic, partition, offset, at: timestamp });
      }
  return all;
}

async function readLetters(world: ChaosWorld): Promise<FoundLetter[]> {
  const all: FoundLetter[] = [];
  for (const group of GROUPS)
    for await (const { handlerId, reason, diedAt, history } of new DeadLetters(world.bus, group).list()) {
      const { topic, partition, offset } = history.origin;
      all.push({ group, handlerId, topic, partition, offset, reason, at: diedAt });
    }
  return all;
}

function countMails(file: string): Map<string, number> {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const sql = 'SELECT recipient, count(*) AS count FROM mails GROUP BY recipient';
    const rows = db.prepare(sql).all() as { recipient: string; count: number }[];
    return new Map(rows.map(({ recipient, count }) => [recipient, count]));
  } finally {
    db.close();
  }
}

function text(bytes: Uint8Array | string | null): string {
  return typeof bytes === 'string' ? bytes : Buffer.from(bytes ?? []).toString();
}
