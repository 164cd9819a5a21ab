import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PackedLib } from './pack-libs.ts';
import { run } from './run.ts';

/** A project of its own, outside the repository, with the packed libs installed as a user would. */
export interface Project {
  readonly folder: string;
  /** Runs a script of an installed package with the Node of this run: `['typescript', 'bin/tsc']`. */
  runBin(bin: readonly [string, string], args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string>;
  /** Runs a program of the project with the Node of this run. */
  runNode(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string>;
  remove(): void;
}

/** Copies a fixture, adds the libs to its dependencies and installs. */
export async function createProject(fixture: string, libs: readonly PackedLib[]): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), `tramline-${fixture}-`));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    cpSync(join(import.meta.dirname, 'fixtures', fixture), folder, { recursive: true });
    addDependencies(join(folder, 'package.json'), libs);
    await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'], {
      cwd: folder,
    });
  } catch (error) {
    remove();
    throw error;
  }
  const runNode: Project['runNode'] = (args, env = {}) => run(process.execPath, args, { cwd: folder, env });
  return {
    folder,
    remove,
    runNode,
    runBin: ([name, bin], args, env) => runNode([join(folder, 'node_modules', name, bin), ...args], env),
  };
}

function addDependencies(path: string, libs: readonly PackedLib[]): void {
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { dependencies?: Record<string, string> };
  const packed = Object.fromEntries(libs.map(({ name, tarball }) => [name, `file:${tarball}`]));
  writeFileSync(
    path,
    JSON.stringify({ ...manifest, dependencies: { ...manifest.dependencies, ...packed } }, null, 2),
  );
}
