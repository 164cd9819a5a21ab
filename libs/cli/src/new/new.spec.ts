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
    await expect.poll(() => existsSync(pid) && readFileSync(pid, 'utf8').endsWith('\n')).toBe(true);
    ctrlC.press();
    const { exit, stdout, stderr } = await making;
    expect([exit, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`What is left to do in ${join(folder, 'shop')}: npm install\n`);
    expect(stderr).toMatch(/\ntramline: Stopped by SIGINT\.\n$/);
    await expect.poll(() => isRunning(Number(readFileSync(pid, 'utf8')))).toBe(false);
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
