import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { describeWithKafka, sharedBrokers } from '../kafka/support/broker.ts';
import { describeWithPostgres, freshDatabase } from '../postgres/support/database.ts';
import { startCommand } from './long-running.ts';
import { plainEnv } from './plain-env.ts';
import { findFreePorts } from './ports.ts';
import { run } from './run.ts';

const libs = inject('libs');
const tarballs = dirname(libs[0]!.tarball);
const POINTS = { userId: '0b9f6f8e-4c62-4d0c-9d3a-1f0a4b6c7d8e', points: 100 };

/** An empty folder with the packed command in it, as `npm create` or `npx` would fetch it, and pnpm for those who use it. */
let folder: string;
let tools: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tramline-generated-'));
  tools = join(folder, 'tools');
  mkdirSync(tools);
  env = plainEnv(join(tools, 'node_modules', '.bin'));
  const needed = ['@tramline/core', '@tramline/cli', 'create-tramline'];
  const packed = libs.filter(({ name }) => needed.includes(name)).map(({ tarball }) => tarball);
  await run('npm', ['install', '--no-audit', '--no-fund', ...packed, 'pnpm@12'], { cwd: tools, env });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const create = (...args: string[]) =>
  run('create-tramline', [...args, '--packages', tarballs, '--no-git'], { cwd: folder, env });

/** Starts the services of a workspace, registers somebody, publishes from the command line, and sees both handled. */
async function seeItWork(shop: string, manager: string, carrier: NodeJS.ProcessEnv): Promise<void> {
  const port = await findFreePorts(3);
  const place = { folder: shop, env: { ...env, ...carrier }, remove: () => undefined };
  const start = startCommand([manager, 'start'], place, { PORT: `${port}` });
  onTestFinished(() => start.kill());
  for (const service of ['registration', 'greeter', 'user-points'])
    await start.printed(new RegExp(`${service} .*ready at`));
  const registered = await fetch(`http://127.0.0.1:${port}/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Ada', email: 'ada@example.com' }),
  });
  expect(registered.status).toBe(201);
  await start.printed(/greeter .*\[UserRegisteredHandler\] user\.registered/);
  await start.printed(/user-points .*\[UserRegisteredHandler\] user\.registered/);

  const publish = (payload: object) =>
    run('npx', ['tramline', 'publish', 'points.awarded', JSON.stringify(payload)], {
      cwd: shop,
      env: place.env,
    });
  await publish(POINTS);
  await start.printed(/greeter .*\[ThankYou\] points\.awarded/);
  await expect(publish({ points: 'many' })).rejects.toThrow('ended with');
  const again = run(manager, ['start'], { cwd: shop, env: { ...place.env, PORT: `${port}` } });
  await expect(again).rejects.toThrow(
    /Port \d+, which registration needs, cannot be used\.[^]*PORT=4000 npm start/,
  );
  expect(await start.interrupt()).not.toBe('SIGKILL');
}

describe.each(['npm', 'pnpm'])('a workspace for %s, made by the packed command', (manager) => {
  const name = `shop-${manager}`;
  let shop: string;
  const inShop = (program: string, ...args: string[]) => run(program, args, { cwd: shop, env });
  beforeAll(async () => {
    shop = join(folder, name);
    await create(name, '--package-manager', manager);
  });

  it('builds, lints and passes its tests at once', async () => {
    await inShop(manager, 'run', 'build');
    await inShop(manager, 'run', 'lint');
    expect(await inShop(manager, 'test')).toMatch(/Tests .*4 passed/);
  });

  it('takes an event, a service and a handler, and runs them', async () => {
    const tramline = (...args: string[]) => inShop('npx', 'tramline', ...args);
    await tramline(
      ...['generate', 'event', 'points.awarded', '--key', 'userId'],
      ...['--field', 'userId:uuid', '--field', 'points:integer', '--field', 'reason:string?'],
    );
    await tramline('generate', 'service', 'user-points', '--on', 'user.registered');
    await tramline('generate', 'handler', 'ThankYou', '--on', 'points.awarded', '--project', 'greeter');
    await inShop(manager, 'install', ...(manager === 'pnpm' ? ['--no-frozen-lockfile'] : []));
    await inShop(manager, 'run', 'lint');
    expect(await inShop(manager, 'test')).toMatch(/Tests .*8 passed/);
    await seeItWork(shop, manager, { TRAMLINE_TRANSPORT: 'embedded' });
  });

  describeWithKafka('on Apache Kafka', () => {
    it('runs as it did, for no more than two variables', async () => {
      const brokers = await sharedBrokers();
      // Both workspaces have the one broker.
      const carrier = { TRAMLINE_TRANSPORT: 'kafka', KAFKA_BROKERS: brokers, TRAMLINE_NAMESPACE: name };
      await expect(seeItWork(shop, manager, carrier)).resolves.toBeUndefined();
    });
  });
});

describeWithPostgres('a workspace on PostgreSQL', () => {
  const orms = ['none', 'drizzle', 'kysely', 'typeorm'];
  const shopOf = (orm: string) => join(folder, orm, 'shop');
  /** What is installed, once for all of them: it is moved from each to the next. */
  let modules: string;

  beforeAll(async () => {
    for (const orm of orms)
      await create(
        shopOf(orm),
        '--database',
        'postgres',
        '--orm',
        orm,
        '--transport',
        'kafka',
        '--no-install',
      );
    const needed = orms.flatMap((orm) => dependenciesOf(join(shopOf(orm), 'apps', 'registration')));
    const first = shopOf(orms[0]!);
    await run('npm', ['install', '--no-audit', '--no-fund'], { cwd: first, env });
    await run('npm', ['install', '--no-save', '--no-audit', '--no-fund', ...new Set(needed)], {
      cwd: first,
      env,
    });
    modules = join(first, 'node_modules');
  });

  it.each(orms)('works with the ORM %s, on a server and without one', async (orm) => {
    const shop = shopOf(orm);
    renameSync(modules, join(shop, 'node_modules'));
    modules = join(shop, 'node_modules');
    await run('npm', ['run', 'lint'], { cwd: shop, env });
    expect(await run('npm', ['test'], { cwd: shop, env })).toMatch(/Tests .*4 passed/);

    const url = await freshDatabase();
    const onServer = { ...env, DATABASE_URL: url };
    expect(await run('npm', ['test'], { cwd: shop, env: onServer })).toMatch(/Tests .*4 passed/);
    const database = new Client(url);
    await database.connect();
    onTestFinished(() => database.end());
    const { rows } = await database.query('SELECT name, email FROM users');
    expect(rows).toEqual([{ name: 'Ada', email: 'ada@example.com' }]);
  });
});

/** `kysely@^0.29.9`, each, without those of the workspace and of Tramline. */
function dependenciesOf(project: string): readonly string[] {
  const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return Object.entries(manifest.dependencies)
    .filter(([name]) => !/^@(shop|tramline)\//.test(name))
    .map(([name, range]) => `${name}@${range}`);
}
