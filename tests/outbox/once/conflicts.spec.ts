import { describe, expect, it } from 'vitest';
import { pg } from '@tramline/outbox/pg';
import { describeWithPostgres } from '../../postgres/support/database.ts';
import { until } from '../../sample/support/until.ts';
import { fresh } from '../support/both.ts';
import { meetingOf } from '../support/meeting.ts';
import { PostgresDatabase } from '../support/postgres-database.ts';
import { SqliteDatabase } from '../support/sqlite-database.ts';
import { Counted, type Service } from '../support/world.ts';
import { createEffects, effect, effects, seen, write } from './effects.ts';

/** Everything was done by first attempts, and nothing was put aside. */
function expectFirstAttempts(service: Service, count: number) {
  expect(seen(service, 'done').map(({ attempt }) => attempt)).toEqual(Array.from({ length: count }, () => 1));
  for (const kind of ['attempt-failed', 'waiting', 'dead'] as const) expect(seen(service, kind)).toEqual([]);
}

describeWithPostgres('once: true and conflicts on PostgreSQL', () => {
  const world = fresh(() => PostgresDatabase.create());

  it('runs a deadlock again in place', async () => {
    const { database } = world();
    await createEffects(database);
    await database.run('CREATE TABLE accounts (name text PRIMARY KEY, sum integer NOT NULL)');
    await database.run(`INSERT INTO accounts VALUES ('a', 0), ('b', 0)`);
    let runs = 0;
    const met = meetingOf(2);
    const service = await world().handling(async ({ key, n }, { tx, eventId }) => {
      runs++;
      const other = key === 'a' ? 'b' : 'a';
      await write(tx, `UPDATE accounts SET sum = sum + 1 WHERE name = '${key}'`);
      // Each holds what the other wants.
      await met();
      await write(tx, `UPDATE accounts SET sum = sum + 1 WHERE name = '${other}'`);
      await effect(tx, eventId, n);
    });
    await service.bus.events.publishAll([
      [Counted, { key: 'a', n: 1 }],
      [Counted, { key: 'b', n: 2 }],
    ]);
    await until('both are done', () => seen(service, 'done').length === 2);
    expectFirstAttempts(service, 2);
    expect(runs).toBeGreaterThan(2);
    expect(await effects(database)).toEqual([1, 2]);
    const sums = await database.run('SELECT sum FROM accounts');
    expect(sums).toEqual([{ sum: 2 }, { sum: 2 }]);
  });

  it('runs a serialisation failure again in place', async () => {
    const { database } = world();
    await createEffects(database);
    const pool = database.anotherPool({ max: 10, options: '-c default_transaction_isolation=serializable' });
    let runs = 0;
    const met = meetingOf(2);
    const service = await world().handling(
      async ({ n }, { tx, eventId }) => {
        runs++;
        // What each reads, the others change; two at least have read it before either writes.
        await write(tx, 'SELECT count(*) FROM effects');
        await met();
        await effect(tx, eventId, n);
      },
      { provider: pg(pool, { autoCreate: true }), handler: { concurrency: 4 } },
    );
    const numbers = Array.from({ length: 40 }, (_, n) => n);
    await service.bus.events.publishAll(numbers.map((n) => [Counted, { key: `${n}`, n }] as const));
    await until('all are done', () => seen(service, 'done').length === numbers.length);
    expectFirstAttempts(service, numbers.length);
    expect(runs).toBeGreaterThan(numbers.length);
    expect(await effects(database)).toEqual(numbers);
  });
});

describe('once: true and conflicts on SQLite', () => {
  const world = fresh(() => Promise.resolve(new SqliteDatabase()));

  it('goes on in place when somebody has held the file for longer than busyTimeout', async () => {
    const { database } = world();
    await createEffects(database);
    const service = await world().handling(({ n }, { tx, eventId }) => effect(tx, eventId, n));
    const own = await database.begin();
    const asked = performance.now();
    await service.bus.events.publish(Counted, { key: 'a', n: 1 });
    // One run has given up by then (busyTimeout is 1 s), and another one waits.
    await until('more than the patience of one run', () => performance.now() - asked > 1_500);
    expect(seen(service, 'done')).toEqual([]);
    await own.commit();
    await until('it is done', () => seen(service, 'done').length === 1);
    expectFirstAttempts(service, 1);
    expect(await effects(database)).toEqual([1]);
  });
});
