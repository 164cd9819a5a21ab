import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, type FSWatcher, watch } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Output } from './output.ts';

const COMPILER = createRequire(import.meta.url).resolve('typescript/bin/tsc');
/** Changes that come within this time, in milliseconds, are one: the compiler writes many files. */
const SETTLE = 300;

/** Builds what changed. @returns whether that worked; the compiler has said why not */
export async function build(root: string): Promise<boolean> {
  const compiler = spawn(process.execPath, [COMPILER, '-b'], { cwd: root, stdio: 'inherit' });
  const [code] = (await once(compiler, 'close')) as [number | null];
  return code === 0;
}

/** Builds on and on. Tells which app's compiled files changed; `undefined` means a lib's, and so every app's. */
export class Rebuilder {
  private readonly compiler: ChildProcess;
  private readonly watchers: FSWatcher[];
  private readonly changed = new Set<string | undefined>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    root: string,
    apps: readonly string[],
    libs: readonly string[],
    out: Output,
    onChange: (app?: string) => void,
  ) {
    this.compiler = spawn(process.execPath, [COMPILER, '-b', '--watch', '--preserveWatchOutput'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (this.compiler.stdout) out.follow('tsc', this.compiler.stdout);
    const note = (app: string | undefined) => {
      this.changed.add(app);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.flush(onChange), SETTLE);
    };
    this.watchers = [
      ...apps.map((name) => follow(join(root, 'apps', name, 'dist'), () => note(name))),
      ...libs.map((name) => follow(join(root, 'libs', name, 'dist'), () => note(undefined))),
    ].flat();
  }

  close(): void {
    clearTimeout(this.timer);
    for (const watcher of this.watchers) watcher.close();
    this.compiler.kill();
  }

  private flush(onChange: (app?: string) => void): void {
    const changed = [...this.changed];
    this.changed.clear();
    if (changed.includes(undefined)) return onChange();
    for (const app of changed) onChange(app);
  }
}

function follow(folder: string, changed: () => void): FSWatcher[] {
  if (!existsSync(folder)) return [];
  return [watch(folder, { recursive: true }, (_, file) => file?.endsWith('.js') && changed())];
}
