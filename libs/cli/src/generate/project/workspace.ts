import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { readJson } from '../edit/json.js';
import { refusal } from '../faults.js';
import { type ReadFile } from '../plan/plan.js';
import { isSource } from './sources.js';

/** An application or a library of a Nest workspace. Paths are relative to the root of the workspace, with `/`. */
export interface Project {
  readonly name: string;
  readonly type: 'application' | 'library';
  /** '' for an application that is the whole of a standard project. */
  readonly root: string;
  readonly sourceRoot: string;
  /** `src/main.ts`, the file that starts it. */
  readonly entry: string;
}

/** A folder with a Nest application, standard or monorepo. */
export interface Workspace {
  readonly root: string;
  readonly isMonorepo: boolean;
  readonly projects: readonly Project[];
  readonly read: ReadFile;
  /** The TypeScript files beneath a folder that are not specs. */
  readonly list: (folder: string) => readonly string[];
}

interface NestCli {
  readonly monorepo?: boolean;
  readonly root?: string;
  readonly sourceRoot?: string;
  readonly entryFile?: string;
  readonly projects?: Readonly<Record<string, NestProject>>;
}

interface NestProject {
  readonly type?: string;
  readonly root?: string;
  readonly sourceRoot?: string;
  readonly entryFile?: string;
}

/**
 * Finds the workspace that a folder lies in: the nearest folder upwards with a nest-cli.json, or, where there is none, with a
 * package.json that needs Nest, as the applications of a workspace have, too.
 */
export function openWorkspace(cwd: string): Workspace {
  const root =
    findUpwards(cwd, (folder) => existsSync(join(folder, 'nest-cli.json'))) ?? findUpwards(cwd, needsNest);
  if (root !== undefined) return readWorkspace(root);
  throw refusal(
    'TRAMLINE_NO_PROJECT',
    `Neither ${cwd} nor a folder above it has a nest-cli.json: run this in a Nest project, or make one with 'tramline new <directory>'.`,
  );
}

function findUpwards(start: string, fits: (folder: string) => boolean): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (fits(folder)) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

function readWorkspace(root: string): Workspace {
  const read: ReadFile = (path) => {
    try {
      return readFileSync(join(root, path), 'utf8');
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw error;
    }
  };
  return readWorkspaceFrom(root, read, (folder) => listSources(root, folder));
}

/** As {@link openWorkspace}, for files that lie, or will lie, somewhere else. */
export function readWorkspaceFrom(root: string, read: ReadFile, list: Workspace['list']): Workspace {
  const nestCli = readNestCli(read);
  const projects = Object.entries(nestCli.projects ?? {});
  return {
    root,
    read,
    list,
    isMonorepo: projects.length > 0,
    projects: projects.length > 0 ? projects.map(toProject) : [standardProject(nestCli, read)],
  };
}

export function readNestCli(read: ReadFile): NestCli {
  const text = read('nest-cli.json');
  return text === undefined ? {} : (readJson({ path: 'nest-cli.json', text }) as NestCli);
}

function toProject([name, project]: [string, NestProject]): Project {
  const root = clean(project.root ?? name);
  const sourceRoot = clean(project.sourceRoot ?? posix.join(root, 'src'));
  const type = project.type === 'library' ? 'library' : 'application';
  return { name, type, root, sourceRoot, entry: posix.join(sourceRoot, `${project.entryFile ?? 'main'}.ts`) };
}

function standardProject({ sourceRoot = 'src', entryFile = 'main' }: NestCli, read: ReadFile): Project {
  const { name = 'app' } = readManifest(read, '');
  return {
    name: name.replace(/^@[^/]*\//, ''),
    type: 'application',
    root: '',
    sourceRoot: clean(sourceRoot),
    entry: posix.join(clean(sourceRoot), `${entryFile}.ts`),
  };
}

/** The parts of a package.json that generators look at. */
export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly type?: string;
  readonly workspaces?: unknown;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** The package.json of a folder; empty when there is none. */
export function readManifest(read: ReadFile, folder: string): Manifest {
  const path = posix.join(folder, 'package.json');
  const text = read(path);
  return text === undefined ? {} : (readJson({ path, text }) as Manifest);
}

function needsNest(folder: string): boolean {
  const path = join(folder, 'package.json');
  return existsSync(path) && /"@nestjs\/core"/.test(readFileSync(path, 'utf8'));
}

function listSources(root: string, folder: string): readonly string[] {
  const start = join(root, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter(isSource)
    .sort();
}

const clean = (path: string): string => posix.normalize(path).replace(/^\.(\/|$)|\/$/g, '');
