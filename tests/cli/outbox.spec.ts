import { defineEvent, type Tramline } from '@tramline/core';
import { nodeSqlite } from '@tramline/outbox/node-sqlite';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliWorld } from './support/world.ts';

const Placed = defineEvent<{ id: string }>('order.placed', { key: 'id' });

let world: CliWorld;
let database: DatabaseSync;
beforeEach(() => {
  world = new CliWorld();
  database = new DatabaseSync(join(world.folder, 'shop.db'));
  world.configure(`
    import { nodeSqlite } from '{{@tramline/outbox/node-sqlite}}';
    import { DatabaseSync } from 'node:sqlite';
    export default { outbox: nodeSqlite(new DatabaseSync('shop.db')) };
  `);
});
afterEach(async () => {
  await world.close();
  database.close();
});

/** A service that writes and leaves relaying to others. */
const writer = (): Tramline => world.service({ outbox: nodeSqlite(database, { relay: false }) });

const put = (bus: Tramline, ids: readonly string[]) =>
  bus.outbox.transaction(async (tx) => {
    for (const id of ids) await bus.outbox.publish(tx, Placed, { id });
  });

describe('tramline outbox', () => {
  it('makes the tables, once, and gives the statements to others', async () => {
    const dry = await world.run(['outbox', 'migrate', '--dry-run', '--json']);
    expect(JSON.parse(dry.stdout)).toMatchObject({ dryRun: true, upToDate: false, applied: [] });
    const sql = await world.run(['outbox', 'migrate', '--sql']);
    const made = await world.run(['outbox', 'migrate']);
    expect(made).toMatchObject({
      exit: 0,
      stderr: '',
      stdout: expect.stringMatching(/^The tables have version \d+ now\./),
    });
    expect((await world.run(['outbox', 'migrate'])).stdout).toBe('The tables are up to date.\n');

    const other = new DatabaseSync(':memory:');
    other.exec(sql.stdout);
    const tables = (db: DatabaseSync) =>
      db.prepare("SELECT sql FROM sqlite_schema WHERE name LIKE 'tramline%' ORDER BY name").all();
    expect(tables(other)).toEqual(tables(database));
    other.close();
  });

  it('says that the tables are missing, and how they are made', async () => {
    const { exit, stdout, stderr } = await world.run(['outbox', 'status']);
    expect([exit, stdout]).toEqual([1, '']);
    expect(stderr).toContain('tramline outbox migrate');
    const relay = await world.run(['relay']);
    expect([relay.exit, relay.stdout]).toEqual([1, '']);
    expect(relay.stderr).toContain('tramline outbox migrate');
  });

  it('shows how it stands, lists dead rows and puts them back', async () => {
    await world.run(['outbox', 'migrate']);
    await put(writer(), ['a', 'b', 'c']);
    const { stdout } = await world.run(['outbox', 'status']);
    await expect(stdout.replace(/oldest of them +.*/, 'oldest of them  (age)')).toMatchFileSnapshot(
      'examples/outbox-status.txt',
    );
    database.exec(
      `UPDATE tramline_outbox SET state = 1, last_error = 'too large' WHERE "key" = CAST('b' AS BLOB)`,
    );
    const dead = JSON.parse((await world.run(['outbox', 'dead', '--json'])).stdout) as {
      rows: { row: number }[];
    };
    expect(dead).toMatchObject({
      rows: [{ row: 2, type: 'order.placed', topic: 'order.placed', key: 'b', error: 'too large' }],
      next: null,
    });
    const refused = await world.run(['outbox', 'release', '2']);
    expect([refused.exit, refused.stdout]).toEqual([4, '']);
    expect(refused.stderr).toContain('add --yes');
    expect((await world.run(['outbox', 'release', '--all', '--dry-run'])).stdout).toBe(
      '1 row would be released. Nothing was changed.\n',
    );
    expect((await world.run(['outbox', 'release', '2', '--yes', '--json'])).stdout).toBe(
      '{"released":1,"dryRun":false}\n',
    );
    const status = JSON.parse((await world.run(['outbox', 'status', '--json'])).stdout) as object;
    expect(status).toMatchObject({ backlog: 3, dead: 0, held: 0, relays: [], blocker: null });
  });

  it('prunes, but nothing of the last day', async () => {
    await world.run(['outbox', 'migrate']);
    expect((await world.run(['outbox', 'prune', '--yes', '--json'])).stdout).toBe(
      '{"dryRun":false,"rows":0,"effects":0}\n',
    );
    const refused = await world.run(['outbox', 'prune', '--yes', '--older-than', '1h']);
    expect([refused.exit, refused.stderr]).toEqual([4, expect.stringContaining('at least 1d')]);
    expect((await world.run(['outbox', 'prune', '--older-than', 'soon'])).exit).toBe(2);
  });

  it('tells within seconds, in one line, that the database does not answer', async () => {
    world.configure(`
      import { pg } from '{{@tramline/outbox/pg}}';
      import postgres from '{{pg}}';
      export default { outbox: pg(new postgres.Pool({ host: '127.0.0.1', port: 1 })) };
    `);
    for (const command of [
      ['outbox', 'status'],
      ['outbox', 'migrate'],
      ['outbox', 'dead'],
    ]) {
      const { exit, stdout, stderr } = await world.run(command);
      expect([exit, stdout]).toEqual([3, '']);
      expect(stderr).toMatch(/^tramline: .*ECONNREFUSED 127\.0\.0\.1:1\n$/);
    }
  });

  it('needs an outbox in the configuration', async () => {
    world.configure('export default {};');
    for (const command of [['outbox', 'status'], ['outbox', 'migrate', '--sql'], ['relay']]) {
      const { exit, stderr } = await world.run(command);
      expect([exit, stderr]).toEqual([2, expect.stringContaining('No outbox is configured in')]);
    }
  });
});

describe('tramline relay', () => {
  it('begins only when the broker answers, so that a slip in its address is told', async () => {
    await world.run(['outbox', 'migrate']);
    const { exit, stdout, stderr } = await world.run(['relay', '--brokers', '127.0.0.1:1']);
    expect([exit, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/^tramline: Kafka at 127\.0\.0\.1:1 cannot be reached: .*\n$/);
  });

  it('moves what services write, and gives its share back on Ctrl-C', async () => {
    await world.run(['outbox', 'migrate']);
    const bus = writer();
    await put(bus, ['a', 'b']);
    const relay = world.start(['relay', '--json']);
    await relay.until(({ stdout }) => stdout.includes('"buckets":64'));
    const read = async () => {
      const found: string[] = [];
      for await (const { event } of bus.eventLog.read(Placed)) found.push(event.id);
      return found.sort();
    };
    await expect.poll(read, { timeout: 20_000 }).toEqual(['a', 'b']);
    await put(bus, ['c']);
    await expect.poll(read, { timeout: 20_000 }).toEqual(['a', 'b', 'c']);
    relay.interrupt();
    const { exit, stdout, stderr } = await relay.ended;
    expect([exit, stderr]).toEqual([0, '']);
    const last = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as object;
    expect(last).toMatchObject({ status: 'stopped', buckets: 0, relayed: 3, error: null });
    const status = JSON.parse((await world.run(['outbox', 'status', '--json'])).stdout) as object;
    expect(status).toMatchObject({ backlog: 0, relays: [] });
  });
});
