import { readdirSync } from 'node:fs';
import { Client } from 'pg';
import { afterEach, expect, it } from 'vitest';
import { PostgresServer } from '../../scripts/postgres/server.ts';
import { describeWithPostgres, freshDatabase } from '../postgres/support/database.ts';
import { person, post, SampleClient } from './support/sample-client.ts';
import { SampleSystem } from './support/sample-system.ts';
import { until } from './support/until.ts';

describeWithPostgres('the sample system on PostgreSQL', () => {
  let system: SampleSystem | undefined;
  let server: PostgresServer | undefined;
  afterEach(async () => {
    await system?.close();
    await server?.stop();
    system = server = undefined;
  });

  const start = async (url: string) => {
    system = await SampleSystem.start({}, { DATABASE_URL: url });
    return new SampleClient(system);
  };

  const balances = (client: SampleClient, userIds: readonly string[]) =>
    Promise.all(userIds.map(async (userId) => (await client.points(userId)).balance));

  it('answers a registration with one SMS, two mails and 100 points, and keeps no file of its own', async () => {
    const url = await freshDatabase();
    const client = await start(url);
    const ada = person(1);
    const userId = await client.register(ada);
    await until('both mails', async () => (await client.mails(ada.email)).length === 2);
    await until('the SMS', async () => (await client.sms(ada.phone)).length === 1);
    expect(await client.points(userId)).toMatchObject({
      balance: 100,
      entries: [{ points: 100, reason: 'registration' }],
    });
    const users = `${system!.get('registration').url}/users`;
    expect(await (await fetch(`${users}/${userId}`)).json()).toMatchObject({ userId, ...ada });
    expect((await fetch(`${users}/nobody`)).status).toBe(404);
    const again = { ...person(2), email: ada.email.toUpperCase() };
    expect((await post(users, again)).status).toBe(409);
    expect(readdirSync(system!.data).filter((name) => /^(users|ledger)\.db/.test(name))).toEqual([]);
    expect(await rowsIn(url)).toEqual({ users: 1, ledger: 1, effects: 1 });
  });

  it('gives exactly 100 points when registration and points are killed', { timeout: 120_000 }, async () => {
    const client = await start(await freshDatabase());
    const userIds: string[] = [];
    for (let n = 0; n < 60; n++) {
      // In the middle of a burst, so that each of them dies with something under way.
      if (n % 20 === 10) await system!.get('points').crash();
      const id = await client.register(person(n));
      userIds.push(id);
      if (n % 20 === 10) await system!.get('points').start();
      if (n % 20 !== 15) continue;
      await system!.get('registration').crash();
      await system!.get('registration').start();
    }
    await until('two mails for everybody', async () => (await client.mails()).length === 2 * userIds.length);
    expect(new Set(await balances(client, userIds))).toEqual(new Set([100]));
  });

  it.skipIf(process.env['DATABASE_URL'])(
    'goes on when the database is killed and comes back, with nobody restarted',
    { timeout: 120_000 },
    async () => {
      server = await PostgresServer.start();
      const client = await start(server.url());
      const userIds = [await client.register(person(1))];
      await server.interrupt('SIGKILL');
      const { status } = await post(`${system!.get('registration').url}/users`, person(2));
      expect(status).toBe(500);
      await server.resume();
      userIds.push(await client.register(person(3)));
      await until('four mails', async () => (await client.mails()).length === 4);
      expect(await balances(client, userIds)).toEqual([100, 100]);
    },
  );
});

/** How many rows lie in the schemas of the services. */
async function rowsIn(url: string): Promise<unknown> {
  const client = new Client(url);
  await client.connect();
  try {
    const { rows } = await client.query(`SELECT
      (SELECT count(*)::int FROM registration.users) AS users,
      (SELECT count(*)::int FROM points.ledger) AS ledger,
      (SELECT count(*)::int FROM points.tramline_inbox) AS effects`);
    return rows[0];
  } finally {
    await client.end();
  }
}
