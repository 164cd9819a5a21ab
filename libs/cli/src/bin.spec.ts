import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runBin, spawnBin } from '../spec-support/bin.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tramline-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the command tramline', () => {
  it('shows what there is, with examples', async () => {
    const { exit, stdout, stderr } = await runBin(['--help']);
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Exit codes: 0 ok, 1 failure, 2 usage, 3 not reachable, 4 refused.');
    expect(stdout).toContain('Examples:');
  });

  it('loads nothing for its help but commander and the tree of commands: that is why it is quick', async () => {
    const { exit } = await runBin(['--help'], { variables: { NODE_V8_COVERAGE: folder } });
    expect(exit).toBe(0);
    const [file] = readdirSync(folder);
    const { result } = JSON.parse(readFileSync(join(folder, file!), 'utf8')) as { result: { url: string }[] };
    const loaded = result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
    expect(loaded.length).toBeGreaterThan(5);
    const known =
      /\/libs\/cli\/(bin\/tramline|dist\/(main|cli|exit|env|patience|process-env|session|output\/\w+|commands\/[^/]+))\.js$/;
    expect(loaded.filter((url) => !known.test(url) && !url.includes('/node_modules/commander/'))).toEqual([]);
  });

  it('suggests the nearest of an unknown command or option, as a fault of usage', async () => {
    const command = await runBin(['publsh']);
    expect([command.exit, command.stdout]).toEqual([2, '']);
    expect(command.stderr).toContain('Did you mean publish?');
    const option = await runBin(['publish', 'a.b', '{}', '--brokrs', 'x:1']);
    expect(option.exit).toBe(2);
    expect(option.stderr).toContain('Did you mean --brokers?');
  });

  it('shows its version, and help of a command, with exit code 0', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(await runBin(['--version'])).toEqual({ exit: 0, stdout: `${version}\n`, stderr: '' });
    expect((await runBin(['help', 'publish'])).stdout).toContain('NDJSON');
  });

  it('says in one line, within seconds and without a stack trace, that nobody answers', async () => {
    const { exit, stdout, stderr } = await runBin(['publish', 'a.b', '{}', '--brokers', '127.0.0.1:1']);
    expect([exit, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/^tramline: Kafka at 127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED.*\n$/);
  });

  it('runs a configuration in TypeScript, also with decorators and enums, and leaves nothing behind', async () => {
    const { resolve } = createRequire(import.meta.url);
    const typescript = join(folder, 'node_modules', 'typescript');
    mkdirSync(typescript, { recursive: true });
    writeFileSync(
      join(typescript, 'index.js'),
      `module.exports = require(${JSON.stringify(resolve('typescript'))});`,
    );
    writeFileSync(
      join(folder, 'tramline.config.ts'),
      `import { EventContract } from '${resolve('@tramline/core')}';
       enum Place { Here = 'here' }
       @EventContract('user.registered', { key: 'userId' })
       class UserRegistered { userId!: string }
       export default { namespace: Place.Here as string, contracts: [UserRegistered] };`,
    );
    const { exit, stdout, stderr } = await runBin(['asyncapi', '--json'], { cwd: folder });
    expect([exit, stderr]).toEqual([0, '']);
    const { channels } = JSON.parse(stdout) as { channels: object };
    expect(channels).toMatchObject({ 'user.registered': { address: 'here.user.registered' } });
    expect(readdirSync(folder).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'node_modules',
      'tramline.config.ts',
    ]);
  });

  it('ends quietly when its reader goes', async () => {
    const child = spawnBin(['--help']);
    child.stdout!.destroy();
    let stderr = '';
    child.stderr!.on('data', (chunk) => (stderr += String(chunk)));
    const exit = await new Promise((resolve) => child.once('close', resolve));
    expect([exit, stderr]).toEqual([0, '']);
  });
});
