import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { interruption, runCli } from '../../spec-support/run-cli.js';
import { CHOICES } from './options.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tramline-new-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Tarballs that nobody installs: what `new` does with them is all that matters here. */
function packages(): string {
  const tarballs = join(folder, 'tarballs');
  mkdirSync(tarballs);
  for (const name of ['core', 'nest', 'kafka', 'embedded', 'outbox', 'testing', 'cli'])
    writeFileSync(join(tarballs, `tramline-${name}-0.1.0.tgz`), name);
  return tarballs;
}
const variables = { PATH: process.env['PATH']! };
const make = (...args: string[]) => runCli(['new', ...args, '--no-install'], { cwd: folder, variables });
const read = (path: string) => readFileSync(join(folder, path), 'utf8');
const json = (path: string) => JSON.parse(read(path)) as Record<string, Record<string, unknown>>;

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('tramline new', () => {
  it('makes a workspace, and a git repository around it', async () => {
    const { exit, stdout } = await make('deep/MyShop', '--packages', packages());
    expect(exit).toBe(0);
    expect(stdout).toMatch(/cd deep\/MyShop\n {2}npm install\n {2}npm start/);
    expect(json('deep/MyShop/package.json')).toMatchObject({
      name: 'my-shop',
      dependencies: { '@tramline/nest': 'file:vendor/tramline-nest-0.1.0.tgz' },
    });
    expect(json('deep/MyShop/apps/greeter/package.json')['name']).toBe('@my-shop/greeter');
    expect(read('deep/MyShop/vendor/tramline-cli-0.1.0.tgz')).toBe('cli');
    expect(existsSync(join(folder, 'deep/MyShop/.git'))).toBe(true);
    expect(Object.keys(json('deep/MyShop/nest-cli.json')['projects']!)).toEqual([
      'registration',
      'greeter',
      'contracts',
    ]);
  });

  it.runIf(existsSync('/proc/self'))(
    'says that a folder cannot be made, also where Node would try for ever',
    async () => {
      const { exit, stdout, stderr } = await make('/proc/tramline-shop', '--packages', packages());
      expect([exit, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^tramline: ENOENT.*'\/proc\/tramline-shop'\n$/);
    },
  );

  it.each([
    ['sqlite', true],
    ['postgres', true],
    ['none', false],
  ])(
    'lets the command find the outbox of the registration, with --database %s: %s',
    async (database, has) => {
      await make('shop', '--database', database, '--packages', packages());
      const config = read('shop/tramline.config.ts');
      expect(config.includes('openDatabase')).toBe(has);
      expect(config).not.toContain('__');
    },
  );

  it('lists every dependency in order, as npm would', async () => {
    await make('shop', '--packages', packages());
    for (const path of [
      'package.json',
      'apps/registration/package.json',
      'apps/greeter/package.json',
      'libs/contracts/package.json',
    ])
      for (const kind of ['dependencies', 'devDependencies']) {
        const names = Object.keys(json(`shop/${path}`)[kind] ?? {});
        expect(names).toEqual(names.toSorted());
      }
  });

  it('takes an absolute directory that is empty, without git', async () => {
    mkdirSync(join(folder, 'empty'));
    const { exit } = await make(join(folder, 'empty'), '--packages', packages(), '--no-git');
    expect(exit).toBe(0);
    expect(existsSync(join(folder, 'empty/.git'))).toBe(false);
  });

  it('makes no repository within another', async () => {
    execFileSync('git', ['init', '-q'], { cwd: folder });
    await make('shop', '--packages', packages());
    expect(existsSync(join(folder, 'shop/.git'))).toBe(false);
  });

  const combinations = CHOICES.transport.flatMap((transport) =>
    [['none'], ['sqlite'], ...CHOICES.orm.map((orm) => ['postgres', orm])].flatMap(([database, orm]) =>
      CHOICES.packageManager.map((manager) => ({
        transport,
        database: database!,
        orm: orm ?? 'none',
        manager,
      })),
    ),
  );
  it.each(combinations)('can be made with %j', async ({ transport, database, orm, manager }) => {
    const { exit } = await make(
      ...['shop', '--packages', packages(), '--no-git', '--transport', transport, '--database', database],
      ...['--orm', orm, '--package-manager', manager],
    );
    expect(exit).toBe(0);
    const { services, volumes } = parse(read('shop/docker-compose.yml')) as Record<
      string,
      Record<string, { environment: object; depends_on?: object; ports?: string[] }>
    >;
    expect(Object.keys(services!).sort()).toEqual(
      [
        'greeter',
        'registration',
        ...(transport === 'kafka' ? ['kafka'] : []),
        ...(database === 'postgres' ? ['postgres'] : []),
      ].sort(),
    );
    expect(Object.keys(volumes!)).toContain('data');
    expect('DATABASE_URL' in services!['registration']!.environment).toBe(database === 'postgres');
    expect(Object.keys(services!['registration']!.depends_on ?? {}).sort()).toEqual([
      ...(transport === 'kafka' ? ['kafka'] : []),
      ...(database === 'postgres' ? ['postgres'] : []),
    ]);
    expect(services!['greeter']!.environment).toMatchObject({ TRAMLINE_TRANSPORT: transport });
    // At a port of its own each, that of this machine alone, which can be moved.
    expect([services!['registration']!.ports, services!['greeter']!.ports]).toEqual([
      ['127.0.0.1:${REGISTRATION_PORT:-3000}:3000'],
      ['127.0.0.1:${GREETER_PORT:-3001}:3000'],
    ]);
    expect(existsSync(join(folder, 'shop/pnpm-workspace.yaml'))).toBe(manager === 'pnpm');
    expect(json('shop/apps/greeter/package.json')['dependencies']!['@shop/contracts']).toBe(
      manager === 'pnpm' ? 'workspace:*' : '0.1.0',
    );
  });

  it('shows with --dry-run what it would make, and makes nothing', async () => {
    const { exit, stdout, stderr } = await make('shop', '--dry-run');
    // Nothing was there that could have been left as it is.
    expect(stderr).toBe('');
    expect(exit).toBe(0);
    expect(stdout).toContain('+++ b/apps/registration/src/main.ts');
    expect(existsSync(join(folder, 'shop'))).toBe(false);
  });

  it('refuses a folder that is in use, and a file', async () => {
    mkdirSync(join(folder, 'used'));
    writeFileSync(join(folder, 'used/mine'), '');
    expect(await make('used')).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining('is not empty') as string,
    });
    expect(await make('used/mine')).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining('is a file') as string,
    });
  });

  it.each([
    [['a b']],
    [['größe']],
    [['types']],
    [['Tramline']],
    [['node_modules']],
    [['class']],
    [['']],
    [['shop', '--transport', 'amqp']],
    [['shop', '--database', 'mysql']],
    [['shop', '--orm', 'kysely']],
    [['shop', '--package-manager', 'yarn']],
    [['shop', '--packages', 'nowhere']],
  ])('refuses %j with exit code 2, and makes nothing', async (args) => {
    const { exit, stderr } = await make(...args);
    expect(exit).toBe(2);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(existsSync(join(folder, 'shop'))).toBe(false);
  });

  it('ended by Ctrl-C while it installs, ends that too and says what is left to do', async () => {
    const pid = join(folder, 'pid');
    const npm = join(folder, 'programs', 'npm');
    mkdirSync(join(folder, 'programs'));
    writeFileSync(npm, `#!/bin/sh\necho $$ > ${pid}\nexec tail -f /dev/null\n`, { mode: 0o755 });
    const ctrlC = interruption();
    const making = runCli(['new', 'shop', '--packages', packages(), '--no-git'], {
      cwd: folder,
      variables: { PATH: `${join(folder, 'programs')}:${process.env['PATH']}` },
      signal: ctrlC.signal,
    });
    const written = () => existsSync(pid) && readFileSync(pid, 'utf8').endsWith('\n');
    await expect.poll(written, { timeout: 30_000 }).toBe(true);
    ctrlC.press();
    const { exit, stdout, stderr } = await making;
    expect([exit, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`What is left to do in ${join(folder, 'shop')}: npm install\n`);
    expect(stderr).toMatch(/\ntramline: Stopped by SIGINT\.\n$/);
    const runs = () => isRunning(Number(readFileSync(pid, 'utf8')));
    await expect.poll(runs, { timeout: 30_000 }).toBe(false);
  });

  it('says what failed when the package manager is not there', async () => {
    const { exit, stderr } = await runCli(['new', 'shop', '--packages', packages(), '--no-git'], {
      cwd: folder,
      variables: { PATH: '/nowhere' },
    });
    expect(exit).toBe(1);
    expect(stderr).toContain('npm is not installed, or not on PATH');
    expect(existsSync(join(folder, 'shop/package.json'))).toBe(true);
  });
});
