import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { startCommand } from './long-running.ts';
import { plainEnv } from './plain-env.ts';
import { findFreePorts } from './ports.ts';
import { run } from './run.ts';

const libs = inject('libs');
const tarballOf = (name: string) => libs.find((lib) => lib.name === name)!.tarball;

let folder: string;
/** With the Node of this run first: Nest's own generators want a newer one than may be the machine's. */
let env: NodeJS.ProcessEnv;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tramline-init-'));
  env = { ...plainEnv(dirname(process.execPath)), TRAMLINE_PACKAGES: dirname(libs[0]!.tarball) };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A project as `nest new` makes it, with the command installed beside it. */
async function nestNew(name: string, major: 11 | 12) {
  const tools = join(folder, `nest-${major}`);
  mkdirSync(tools, { recursive: true });
  const packed = [tarballOf('@tramline/core'), tarballOf('@tramline/cli')];
  await run('npm', ['install', '--no-audit', '--no-fund', `@nestjs/cli@${major}`, ...packed], {
    cwd: tools,
    env,
  });
  const bin =
    (program: string, cwd: string) =>
    (...args: string[]) =>
      run(process.execPath, [join(tools, 'node_modules', program), ...args], { cwd, env });
  const nest = bin('@nestjs/cli/bin/nest.js', folder);
  await nest('new', name, '--skip-git', '--skip-install', '--package-manager', 'npm');
  const project = join(folder, name);
  const npm = (...args: string[]) => run('npm', args, { cwd: project, env });
  await npm('install', '--no-audit', '--no-fund');
  return {
    project,
    npm,
    nest: bin('@nestjs/cli/bin/nest.js', project),
    tramline: bin('@tramline/cli/bin/tramline.js', project),
    read: (path: string) => readFileSync(join(project, path), 'utf8'),
  };
}

type Nest = Awaited<ReturnType<typeof nestNew>>;

async function generate({ tramline, npm }: Nest, ...project: string[]): Promise<void> {
  const fields = [
    '--field',
    'userId:uuid',
    '--field',
    'email:email',
    '--field',
    'at:date',
    '--key',
    'userId',
  ];
  await tramline('generate', 'event', 'user.registered', ...fields, ...project);
  await tramline('generate', 'handler', 'welcome', '--on', 'user.registered', ...project);
  await npm('install', '--no-audit', '--no-fund');
}

describe.each([12, 11] as const)('a project of nest new, Nest %i', (major) => {
  let nest: Nest;
  beforeAll(async () => {
    nest = await nestNew(`standard-${major}`, major);
    await nest.tramline('init');
    await generate(nest);
  });

  it('builds, and passes its tests and those of the handler', async () => {
    await nest.npm('run', 'build');
    await expect(nest.npm('test')).resolves.toBeDefined();
    await expect(nest.npm('run', 'test:e2e')).resolves.toBeDefined();
  });

  it('handles what is published, and leaves its group when it is told to end', async () => {
    const port = await findFreePorts(1);
    const place = { folder: nest.project, env, remove: () => undefined };
    const start = startCommand([process.execPath, 'dist/main.js'], place, { PORT: `${port}`, NO_COLOR: '1' });
    onTestFinished(() => start.kill());
    await start.printed(/successfully started/);
    const event = {
      userId: '0b9f6f8e-4c62-4d0c-9d3a-1f0a4b6c7d8e',
      email: 'ada@example.com',
      at: new Date(0),
    };
    await nest.tramline('publish', 'user.registered', JSON.stringify(event), '--key', event.userId);
    await start.printed(/\[Welcome\] user\.registered/);
    expect(await start.interrupt()).not.toBe('SIGKILL');
  });

  it('is left as it is by a second init', async () => {
    expect(await nest.tramline('init')).toBe('Nothing to change.\n');
  });
});

describe('a monorepo of Nest 12', () => {
  it('takes Tramline by nest add, into the application that is named', async () => {
    const nest = await nestNew('mono', 12);
    await nest.nest('generate', 'app', 'second');
    const before = nest.read('apps/mono/src/app.module.ts');
    const packed = ['@tramline/core', '@tramline/nest', '@tramline/cli'].map(tarballOf);
    await nest.npm('install', '--no-save', '--no-audit', '--no-fund', ...packed);
    await nest.nest('add', '@tramline/nest', '--skip-install', '--project', 'second');
    expect(nest.read('apps/second/src/second.module.ts')).toContain("service: 'second'");
    expect(nest.read('apps/mono/src/app.module.ts')).toBe(before);

    await nest.npm('install', '--no-audit', '--no-fund');
    await generate(nest, '--project', 'second');
    await nest.npm('exec', '--', 'tsc', '-p', 'apps/second/tsconfig.app.json', '--noEmit');
    expect(await nest.npm('test')).toContain('welcome.spec.ts');
  });
});
