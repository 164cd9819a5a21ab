import type { DatabaseSync } from 'node:sqlite';
import { pg } from '@tramline/outbox/pg';
import type { ClientBase } from 'pg';
import { describe, expect, it } from 'vitest';
import { describeWithPostgres } from '../../postgres/support/database.ts';
import { describeOnBoth, fresh } from '../support/both.ts';
import { meetingOf } from '../support/meeting.ts';
import { PostgresDatabase } from '../support/postgres-database.ts';
import { SqliteDatabase } from '../support/sqlite-database.ts';
import { Counted, type Service } from '../support/world.ts';

const AT_ONCE = { retry: { inPlace: 3, delays: ['10s'] } } as const;

/** A statement in a handler's transaction, whichever library it is of. */
async function statement(tx: unknown, sql: string): Promise<void> {
  if ('exec' in (tx as object)) (tx as DatabaseSync).exec(sql);
  else await (tx as ClientBase).query(sql);
}

const kinds = ({ seen }: Service, kind: string) => seen.filter((one) => one.kind === kind);

describeOnBoth("a handler with 'once: true'", (world) => {
  const handled = async (): Promise<unknown[]> =>
    (await world().database.run('SELECT n FROM handled ORDER BY n')).map(({ n }) => n);
  const createTable = () => world().database.run('CREATE TABLE handled (n integer NOT NULL)');

  it.each([
    ['commits by itself', 'COMMIT', [1]],
    ['rolls back by itself', 'ROLLBACK', [1]],
    ['ends its transaction and begins another one', 'COMMIT; BEGIN', [1]],
  ])('that %s: told what to leave alone, and its effect is had once', async (_, ending, effects) => {
    await createTable();
    let runs = 0;
    const service = await world().handling(
      async ({ n }, { tx }) => {
        await statement(tx, `INSERT INTO handled VALUES (${n})`);
        if (++runs === 1) for (const part of ending.split('; ')) await statement(tx, part);
      },
      { handler: AT_ONCE },
    );
    await service.bus.events.publish(Counted, { key: 'a', n: 1 });
    await world().until('it is done', () => kinds(service, 'done').length === 1);
    expect(kinds(service, 'attempt-failed')).toMatchObject([
      {
        error: {
          code: 'TRAMLINE_TRANSACTION_ENDED',
          message: expect.stringMatching(/commit and rollback to Tramline|COMMIT and ROLLBACK/),
        },
      },
    ]);
    expect(await handled()).toEqual(effects);
    expect(kinds(service, 'dead')).toEqual([]);
  });

  it('that meets a database that is locked or gone for a while has its effect once afterwards', async () => {
    await createTable();
    const { database } = world();
    const pool =
      database instanceof PostgresDatabase
        ? database.anotherPool({ max: 2, connectionTimeoutMillis: 2_000 })
        : undefined;
    const service = await world().handling(
      ({ n }, { tx }) => statement(tx, `INSERT INTO handled VALUES (${n})`),
      {
        handler: { retry: { inPlace: 8, delays: ['10s'] } },
        ...(pool && { provider: pg(pool, { autoCreate: true }) }),
      },
    );
    // All connections of the pool; or the only write lock of the file, for longer than anybody waits for it.
    const taken = pool ? await Promise.all([pool.connect(), pool.connect()]) : [];
    const lock = pool ? undefined : await database.begin();
    await service.bus.events.publish(Counted, { key: 'a', n: 1 });
    const refused = await service.put({ key: 'b', n: 2 }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Error);
    if (pool) expect(refused).toMatchObject({ message: expect.stringContaining('timeout exceeded') });
    else
      expect(refused).toMatchObject({
        code: 'TRAMLINE_DATABASE_BUSY',
        message: expect.stringContaining('left open'),
      });
    await world().until('its attempt waits or has failed', () => {
      const [running] = service.bus.health().groups[0]!.handlers;
      return kinds(service, 'attempt-failed').length > 0 || (running?.oldestMs ?? 0) > 2_500;
    });
    expect(await handled()).toEqual([]);
    for (const client of taken) client.release();
    await lock?.rollback();
    await world().until('it is done', () => kinds(service, 'done').length === 1);
    expect(await handled()).toEqual([1]);
    expect(kinds(service, 'dead')).toEqual([]);
    // A busy file is nobody's failure: the attempt goes on.
    if (!pool) expect(kinds(service, 'attempt-failed')).toEqual([]);
    await service.put({ key: 'b', n: 3 });
    await world().until('it is done too', () => kinds(service, 'done').length === 2);
    expect(await handled()).toEqual([1, 3]);
  });

  it('and no outbox: the start is refused, and says what to give', async () => {
    const { bus } = world().open({
      handlers: [{ id: 'count', events: [Counted], once: true, run: () => undefined }],
      withoutOutbox: true,
    });
    await expect(bus.start()).rejects.toThrow(/'once: true' needs a database: give outbox/);
    await expect(bus.outbox.transaction(() => Promise.resolve())).rejects.toMatchObject({
      code: 'TRAMLINE_CONFIGURATION',
      message: expect.stringContaining('There is no outbox'),
    });
  });
});

describeWithPostgres('conflicts of transactions on PostgreSQL', () => {
  const world = fresh(() => PostgresDatabase.create());

  it('a deadlock of two handlers: one is run again in place, and nothing counts as failed', async () => {
    await world().database.run('CREATE TABLE stock (id text PRIMARY KEY, n integer NOT NULL)');
    await world().database.run(`INSERT INTO stock VALUES ('x', 0), ('y', 0)`);
    let runs = 0;
    const met = meetingOf(2);
    const service = await world().handling(async ({ key }, { tx }) => {
      runs++;
      const order = key === 'first' ? ['x', 'y'] : ['y', 'x'];
      await (tx as ClientBase).query('UPDATE stock SET n = n + 1 WHERE id = $1', [order[0]]);
      // Each holds what the other wants.
      await met();
      await (tx as ClientBase).query('UPDATE stock SET n = n + 1 WHERE id = $1', [order[1]]);
    });
    await service.bus.events.publish(Counted, { key: 'first', n: 1 }, { partition: 0 });
    await service.bus.events.publish(Counted, { key: 'second', n: 2 }, { partition: 1 });
    await world().until('both are done', () => kinds(service, 'done').length === 2);
    expect(runs).toBe(3);
    expect(kinds(service, 'done')).toMatchObject([{ attempt: 1 }, { attempt: 1 }]);
    expect(kinds(service, 'attempt-failed')).toEqual([]);
    expect(await world().database.run('SELECT n FROM stock')).toEqual([{ n: 2 }, { n: 2 }]);
  });

  it(
    'serialisation failures: handlers are run again in place, and publishing and relaying go on',
    { timeout: 120_000 },
    async () => {
      const { database } = world();
      await database.run('CREATE TABLE stock (n integer NOT NULL)');
      await database.run('INSERT INTO stock VALUES (0)');
      // For everything that this service does with its database, the relay included.
      const pool = database.anotherPool({ options: '-c default_transaction_isolation=serializable' });
      let runs = 0;
      const met = meetingOf(2);
      const service = await world().handling(
        async (_, { tx }) => {
          runs++;
          const { rows } = await (tx as ClientBase).query<{ n: number }>('SELECT n FROM stock');
          // Two at least have read what both of them change.
          await met();
          await (tx as ClientBase).query('UPDATE stock SET n = $1', [rows[0]!.n + 1]);
        },
        { provider: pg(pool, { autoCreate: true }) },
      );
      await service.put(...Array.from({ length: 24 }, (_, n) => ({ key: `key ${n}`, n })));
      await world().until('all are done', () => kinds(service, 'done').length === 24);
      expect(await database.run('SELECT n FROM stock')).toEqual([{ n: 24 }]);
      expect(runs).toBeGreaterThan(24);
      expect(kinds(service, 'attempt-failed')).toEqual([]);
    },
  );
});

describe('a file that is locked when the service starts', () => {
  const world = fresh(() => Promise.resolve(new SqliteDatabase()));

  it('the start resolves, says so, and tables are made and rows relayed when it is free', async () => {
    const lock = await world().database.begin();
    const { put, lines, bus } = await world().start();
    expect(lines).toContainEqual(expect.stringMatching(/cannot be used yet: .*kept .* locked.*Trying on/));
    expect(bus.health()).toMatchObject({ ready: true, outbox: { problems: [expect.any(String)] } });
    await lock.rollback();
    await world().until('it can be used', () => lines.some((line) => line.includes('can be used.')));
    await put({ key: 'a', n: 1 });
    await world().arrived(1);
  });
});
