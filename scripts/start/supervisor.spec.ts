import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Output } from './output.ts';
import { Supervisor } from './supervisor.ts';

let folder: string;
let printed: string;
let supervisor: Supervisor | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tramline-supervisor-'));
  printed = '';
  supervisor = undefined;
});
afterEach(async () => {
  await supervisor?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Supervises a process that runs this code. */
async function supervise(code: string): Promise<void> {
  const entry = join(folder, 'main.mjs');
  await writeFile(entry, code);
  const stream = new PassThrough().on('data', (text) => (printed += String(text)));
  const service = { name: 'clock', position: 0, about: '', entry, port: 0, url: '' };
  const out = new Output(stream as unknown as NodeJS.WriteStream, ['clock', 'registration'], {});
  supervisor = new Supervisor(service, { GREETING: 'hello' }, out);
  supervisor.start();
}

const seen = (pattern: RegExp, times = 1) =>
  vi.waitUntil(() => printed.match(new RegExp(pattern, 'g'))?.length === times, { timeout: 30_000 });

it('passes on what the process says, behind its name', async () => {
  await supervise(
    `console.log(process.env.GREETING); console.error('two\\nlines'); setInterval(() => {}, 1000);`,
  );
  await seen(/clock {8}\| hello\n/);
  await seen(/clock {8}\| two\nclock {8}\| lines\n/);
});

it('starts a process that ends again, with a longer wait each time', async () => {
  await supervise('process.exit(3);');
  await seen(/died \(exit code 3\); starting it again in 0\.2 s/);
  await seen(/died \(exit code 3\); starting it again in 1 s/);
  await seen(/died \(exit code 3\); starting it again in 2 s/);
});

it('stops a process as Ctrl-C does, and starts no other', async () => {
  await supervise(
    `process.on('SIGTERM', () => { console.log('bye'); process.exit(); }); console.log('up'); setInterval(() => {}, 1000);`,
  );
  await seen(/up/);
  expect(await supervisor!.stop()).toBe(true);
  await seen(/bye/);
  supervisor!.start();
  expect(printed.match(/up/g)).toHaveLength(1);
  expect(printed).not.toContain('died');
});

it('stops while it waits to start again', async () => {
  const lives = join(folder, 'lives');
  await supervise(
    `import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(lives)}, 'x'); process.exit(1);`,
  );
  await seen(/starting it again in 1 s/);
  expect(await supervisor!.stop()).toBe(true);
  expect(await readFile(lives, 'utf8')).toBe('xx');
});

it('restarts on request without calling that a death', async () => {
  await supervise(`console.log('up'); setInterval(() => {}, 1000);`);
  await seen(/up/);
  supervisor!.restart();
  await seen(/up/, 2);
  expect(printed).not.toContain('died');
});

it('does not leave the process behind when we are killed', async () => {
  const entry = join(folder, 'orphan.mjs');
  const alive = join(folder, 'alive');
  await writeFile(
    entry,
    `import fs from 'node:fs';
     fs.writeFileSync(${JSON.stringify(alive)}, '');
     process.on('SIGTERM', () => { fs.rmSync(${JSON.stringify(alive)}); process.exit(); });
     setInterval(() => {}, 1000);`,
  );
  const service = { name: 'clock', position: 0, about: '', entry, port: 0, url: '' };
  const code = `
    const { Supervisor } = await import(${JSON.stringify(new URL('supervisor.ts', import.meta.url).href)});
    const { Output } = await import(${JSON.stringify(new URL('output.ts', import.meta.url).href)});
    new Supervisor(${JSON.stringify(service)}, {}, new Output(process.stdout, ['clock'], {})).start();`;
  const starter = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' });
  await vi.waitUntil(() => existsSync(alive), { timeout: 30_000 });
  starter.kill('SIGKILL');
  await vi.waitUntil(() => !existsSync(alive), { timeout: 30_000 });
});
