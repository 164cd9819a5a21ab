import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { addElement, addMember, readJson } from '../edit/json.js';
import { type Plan } from '../plan/plan.js';
import { type Manifest, type Project, type Workspace } from './workspace.js';

/** The version of Tramline that this command belongs to: all its packages have the same. */
export const TRAMLINE_VERSION = (
  JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/** What generated code needs, when nobody in the workspace needs it yet in another version. */
const RANGES: Readonly<Record<string, string>> = {
  '@nestjs/testing': '^12.1.1',
  'class-transformer': '^0.5.1',
  'class-validator': '^0.15.1',
};

/**
 * Adds a package to the dependencies of the package that a project belongs to, which in a plain Nest monorepo is the root,
 * unless that package or the root has it. The version is the one that others in the workspace have.
 */
export function addPackage(plan: Plan, workspace: Workspace, project: Project, name: string): void {
  const own = posix.join(project.root, 'package.json');
  const path = plan.read(own) === undefined ? 'package.json' : own;
  if (plan.read(path) === undefined) return;
  const has = (manifest: Manifest) => manifest.dependencies?.[name] ?? manifest.devDependencies?.[name];
  if (has(manifestAt(plan, path)) !== undefined) return;
  const range =
    has(manifestAt(plan, 'package.json')) ??
    workspace.projects
      .map(({ root }) => has(manifestAt(plan, posix.join(root, 'package.json'))))
      .find(Boolean) ??
    (name.startsWith('@tramline/') ? TRAMLINE_VERSION : RANGES[name]);
  if (range === undefined) throw new Error(`No version is known for ${name}`);
  plan.edit(path, (file) => addMember(file, ['dependencies'], name, range, { sorted: true }));
}

/** Lets a project's code import a library of the workspace: a dependency where both are packages, a reference for `tsc -b`. */
export function addLibrary(plan: Plan, project: Project, library: Project): void {
  const name = manifestAt(plan, posix.join(library.root, 'package.json')).name;
  const manifest = posix.join(project.root, 'package.json');
  if (name !== undefined && project.root !== '') {
    const range = usesWorkspaceProtocol(plan)
      ? 'workspace:*'
      : (manifestAt(plan, posix.join(library.root, 'package.json')).version ?? '*');
    plan.editIfPresent(manifest, (file) => addMember(file, ['dependencies'], name, range, { sorted: true }));
  }
  if (!referencesProjects(plan)) return;
  plan.editIfPresent(posix.join(project.root, 'tsconfig.json'), (file) =>
    addElement(file, ['references'], { path: posix.relative(project.root, library.root) }),
  );
}

/** Whether the root's tsconfig.json lists projects for `tsc -b`. */
export function referencesProjects(plan: Plan): boolean {
  const text = plan.read('tsconfig.json');
  if (text === undefined) return false;
  const { references } = readJson({ path: 'tsconfig.json', text }) as { references?: unknown };
  return Array.isArray(references);
}

/** pnpm takes a package of the workspace only when it is told to. */
const usesWorkspaceProtocol = (plan: Plan): boolean => plan.read('pnpm-workspace.yaml') !== undefined;

export function manifestAt(plan: Plan, path: string): Manifest {
  const text = plan.read(path);
  return text === undefined ? {} : (readJson({ path, text }) as Manifest);
}
