import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tramline, silentLog, type TramlineOptions } from '@tramline/core';
import { embedded } from '@tramline/embedded';
import { BIN, RunningTramline, type Ran, type RunOptions } from './tramline.ts';

const resolve = createRequire(import.meta.url).resolve;

/** A configuration in which `{{name}}` becomes the path by which the package of that name is imported. */
export const withPackages = (text: string): string =>
  text.replaceAll(/\{\{(.+?)\}\}/g, (_, name: string) => resolve(name));

/** A folder with an embedded log where the command looks for one, a configuration, and services in this process. */
export class CliWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'tramline-cli-'));
  private readonly buses: Tramline[] = [];
  private readonly runs: RunningTramline[] = [];

  constructor() {
    mkdirSync(join(this.folder, '.tramline'));
  }

  /** A service on the log. Not started. */
  service(options: Partial<TramlineOptions> = {}): Tramline {
    const bus = new Tramline({
      service: 'shop',
      transport: embedded({ directory: join(this.folder, '.tramline', 'log'), partitions: 2 }),
      log: silentLog,
      ...options,
    });
    this.buses.push(bus);
    return bus;
  }

  /** Writes tramline.config.mjs; see {@link withPackages}. */
  configure(text: string): void {
    writeFileSync(join(this.folder, 'tramline.config.mjs'), withPackages(text));
  }

  start(argv: readonly string[], options: RunOptions = {}): RunningTramline {
    const run = new RunningTramline(argv, { cwd: this.folder, ...options });
    this.runs.push(run);
    return run;
  }

  run(argv: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return this.start(argv, options).ended;
  }

  /** Runs a line of a shell, in which `tramline` is the built command. */
  shell(line: string, variables: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const child = spawn('sh', ['-c', line.replaceAll('tramline ', `"${process.execPath}" "${BIN}" `)], {
      cwd: this.folder,
      env: { PATH: process.env['PATH'], ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const texts = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (texts.stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (texts.stderr += String(chunk)));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exit) => resolve({ exit, ...texts }));
    });
  }

  async close(): Promise<void> {
    for (const run of this.runs) {
      run.child.kill('SIGKILL');
      await run.ended;
    }
    await Promise.all(this.buses.map((bus) => bus.close()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
