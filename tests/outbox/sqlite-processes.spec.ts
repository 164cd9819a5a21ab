import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { defineEvent, silentLog, Tramline } from '@tramline/core';
import { embedded } from '@tramline/embedded';
import { nodeSqlite } from '@tramline/outbox/node-sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../sample/support/until.ts';
import { Relays } from './support/relays.ts';

const Counted = defineEvent<{ key: string; count: number; doomed: boolean }>('spec.counted', { key: 'key' });

const EVENTS = 3_000;
const KEYS = 25;
/** How many transactions each of the two services has under way at once. */
const LANES = 16;
const KILLS = 4;

class RolledBackError extends Error {
  override readonly name = 'RolledBackError';
}

describe('one SQLite file, two services and two relays in processes of their own', () => {
  let directory: string;
  let db: DatabaseSync;
  let services: Tramline[];
  let relays: Relays;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tramline-processes-'));
    db = new DatabaseSync(join(directory, 'service.db'));
    db.exec('CREATE TABLE counters (key TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT');
    relays = new Relays(directory);
    services = ['one', 'two'].map(
      (service) =>
        new Tramline({
          service,
          consume: false,
          transport: embedded({ directory: join(directory, 'log') }),
          outbox: nodeSqlite(db, { autoCreate: true, relay: false }),
          contracts: [Counted],
          log: silentLog,
        }),
    );
    for (const service of services) await service.start();
  });
  afterEach(async () => {
    await relays.close();
    await Promise.all(services.map((service) => service.close()));
    db.close();
    await rm(directory, { recursive: true });
  });

  /** Counts a key up and says so, in one transaction. */
  const count = ({ outbox }: Tramline, key: string, doomed: boolean): Promise<void> =>
    outbox.transaction(async (given) => {
      const tx = given as DatabaseSync;
      const { count } = tx
        .prepare(
          'INSERT INTO counters VALUES (?, 1) ON CONFLICT DO UPDATE SET count = count + 1 RETURNING count',
        )
        .get(key) as { count: number };
      await outbox.publish(tx, Counted, { key, count, doomed });
      if (doomed) throw new RolledBackError();
    });

  /** The counts of each key as they first appear in the log. */
  const appeared = async () => {
    const seen = new Map<string, number[]>();
    for await (const { event } of services[0]!.eventLog.read(Counted)) {
      expect(event.doomed).toBe(false);
      const counts = seen.get(event.key) ?? [];
      seen.set(event.key, counts.includes(event.count) ? counts : [...counts, event.count]);
    }
    return seen;
  };

  it(
    'brings every committed event, none that was rolled back, in order of commit, while relays are killed',
    { timeout: 120_000 },
    async () => {
      let written = 0;
      const lanes = services.flatMap((service) =>
        Array.from({ length: LANES }, async () => {
          for (let n = written++; n < EVENTS; n = written++) {
            await count(service, `key ${n % KEYS}`, n % 10 === 3).catch((error: unknown) => {
              if (!(error instanceof RolledBackError)) throw error;
            });
          }
        }),
      );
      const killing = (async () => {
        const alive = [await relays.start(), await relays.start()];
        for (let kill = 1; kill <= KILLS; kill++) {
          await until('more events', () => written >= (kill * EVENTS) / (KILLS + 1));
          await alive.shift()!();
          alive.push(await relays.start());
        }
      })();
      await Promise.all([...lanes, killing]);
      await until('an empty outbox', async () => (await services[0]!.outbox.status()).backlog === 0, 60_000);

      const seen = await appeared();
      const counters = db.prepare('SELECT key, count FROM counters').all() as {
        key: string;
        count: number;
      }[];
      expect(counters.reduce((sum, { count }) => sum + count, 0)).toBe((EVENTS * 9) / 10);
      for (const { key, count } of counters)
        expect(seen.get(key)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    },
  );

  it('hands the rows of a relay that was killed to another one', { timeout: 60_000 }, async () => {
    const kill = await relays.start();
    await count(services[0]!, 'a', false);
    await until('the first event', async () => (await appeared()).get('a')?.length === 1);
    await kill();
    await count(services[1]!, 'a', false);
    await relays.start();
    await until('the second event', async () => (await appeared()).get('a')?.length === 2);
    const { relays: alive } = await services[0]!.outbox.status();
    expect(alive.reduce((sum, { buckets }) => sum + buckets, 0)).toBe(64);
  });
});
