import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { startCommand } from './long-running.ts';
import { plainEnv } from './plain-env.ts';
import { findFreePorts } from './ports.ts';
import { run } from './run.ts';

const libs = inject('libs');
const tarballs = dirname(libs[0]!.tarball);

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
  run('create-tramline', [...args, '--packages', tarballs], { cwd: folder, env });

describe.each(['npm', 'pnpm'])('a workspace for %s, made by the packed command', (manager) => {
  const name = `shop-${manager}`;
  let shop: string;
  const inShop = (program: string, ...args: string[]) => run(program, args, { cwd: shop, env });
  beforeAll(async () => {
    shop = join(folder, name);
    await create(name, '--package-manager', manager, '--no-git');
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

    const port = await findFreePorts(3);
    const start = startCommand(
      [manager, 'start'],
      { folder: shop, env, remove: () => undefined },
      { PORT: `${port}` },
    );
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

    const points = { userId: '0b9f6f8e-4c62-4d0c-9d3a-1f0a4b6c7d8e', points: 100 };
    await tramline('publish', 'points.awarded', JSON.stringify(points));
    await start.printed(/greeter .*\[ThankYou\] points\.awarded/);
    await expect(tramline('publish', 'points.awarded', '{"points":"many"}')).rejects.toThrow('ended with');
    expect(await start.interrupt()).not.toBe('SIGKILL');
  });
});

describe('a workspace on PostgreSQL', () => {
  it.each(['none', 'drizzle', 'kysely', 'typeorm'])(
    'builds, lints and passes its tests with the ORM %s',
    async (orm) => {
      const shop = join(folder, `shop-${orm}`);
      onTestFinished(() => rmSync(shop, { recursive: true, force: true }));
      await create(shop, '--database', 'postgres', '--orm', orm, '--transport', 'kafka', '--no-git');
      await run('npm', ['run', 'lint'], { cwd: shop, env });
      expect(await run('npm', ['test'], { cwd: shop, env })).toMatch(/Tests .*4 passed/);
    },
  );
});
