import { grantsFor, type Duty, type OutboxOptions } from '@tramline/outbox';
import { pg } from '@tramline/outbox/pg';
import { afterEach, expect, it } from 'vitest';
import { describeWithPostgres } from '../../postgres/support/database.ts';
import { fresh } from '../support/both.ts';
import { PostgresDatabase } from '../support/postgres-database.ts';

describeWithPostgres('a database user that may not do everything', () => {
  const world = fresh(() => PostgresDatabase.create());
  let roles: string[] = [];

  /** A service whose user has the rights for these duties. */
  async function serviceOf(duties: readonly Duty[], outbox: OutboxOptions) {
    const { database } = world();
    await (await world().start({ outbox: { relay: false } })).bus.close();
    const role = `user_${new URL(database.url).pathname.slice(-20)}_${roles.length}`;
    await database.run(`CREATE ROLE "${role}" LOGIN PASSWORD 'secret'`);
    roles.push(role);
    for (const statement of grantsFor(role, duties)) await database.run(statement);
    const pool = database.anotherPool({
      user: role,
      password: 'secret',
      connectionString: withUser(database.url, role),
    });
    return world().open({ provider: pg(pool, outbox) });
  }

  afterEach(async () => {
    // They belong to the whole server.
    const cleaner = await PostgresDatabase.create(roles.length > 0 ? roleUrl : undefined);
    for (const role of roles) await cleaner.run(`DROP OWNED BY "${role}"`);
    for (const role of roles) await cleaner.run(`DROP ROLE "${role}"`);
    roles = [];
    await cleaner.close();
  });
  let roleUrl = '';

  function withUser(url: string, role: string): string {
    roleUrl = url;
    const its = new URL(url);
    its.username = role;
    its.password = 'secret';
    return its.href;
  }

  it('publish alone: enough for a service that leaves relaying to others', async () => {
    const service = await serviceOf(['publish'], { relay: false });
    await service.bus.start();
    await service.put({ key: 'a', n: 1 });
    await world().start();
    await world().arrived(1);
    // It may not read the tables, and that is no problem of its.
    await world().until('it has asked', () => service.bus.health().outbox!.status === null);
    expect(service.bus.health().problems).toEqual([]);
  });

  it('publish alone, with a relay: the start is refused with the statements that mend it', async () => {
    const { bus } = await serviceOf(['publish'], {});
    await expect(bus.start()).rejects.toMatchObject({
      code: 'TRAMLINE_OUTBOX_RIGHTS',
      message: expect.stringMatching(/GRANT SELECT, INSERT, UPDATE, DELETE ON "tramline_outbox" TO/),
    });
  });

  it('all duties: enough to publish, relay and remember', async () => {
    const service = await serviceOf(['publish', 'relay', 'inbox'], {});
    await service.bus.start();
    await service.put({ key: 'a', n: 1 });
    await world().arrived(1);
    expect(service.bus.health().relay).toMatchObject({ error: null });
  });

  it('none: publishing is refused with the statements that mend it', async () => {
    const service = await serviceOf([], { relay: false });
    await expect(service.put({ key: 'a', n: 1 })).rejects.toMatchObject({
      code: 'TRAMLINE_OUTBOX_RIGHTS',
      message: expect.stringMatching(/GRANT INSERT ON "tramline_outbox" TO/),
    });
  });

  it('to make the tables is missing: autoCreate says so', async () => {
    const { database } = world();
    const service = await serviceOf(['publish', 'relay', 'inbox'], {
      autoCreate: true,
      tables: { schema: 'not_there' },
    });
    await expect(service.bus.start()).rejects.toMatchObject({
      code: 'TRAMLINE_OUTBOX_RIGHTS',
      message: expect.stringMatching(/may not make the tables.*sqlFor\('postgres'\).*grantsFor/s),
    });
    expect(await database.run(`SELECT 1 FROM pg_namespace WHERE nspname = 'not_there'`)).toEqual([]);
  });
});
