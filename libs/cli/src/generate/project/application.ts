import { posix, relative, sep } from 'node:path';
import { importedFrom } from '../edit/imports.js';
import { tokenize } from '../edit/tokens.js';
import { usageFault } from '../faults.js';
import { type ReadFile } from '../plan/plan.js';
import { type Project, type Workspace } from './workspace.js';

/**
 * The application that is meant: the one named, else the one that the working directory lies in, else the only one.
 *
 * @param cwd absolute
 */
export function chooseApplication(
  workspace: Workspace,
  name: string | undefined,
  { cwd = workspace.root, libraries = false } = {},
): Project {
  const { projects, root } = workspace;
  const candidates = projects.filter(({ type }) => libraries || type === 'application');
  const applications = projects.filter(({ type }) => type === 'application');
  const names = candidates.map((project) => project.name).join(', ') || 'none';
  if (name !== undefined) {
    const named = candidates.find((project) => project.name === name);
    if (named) return named;
    throw usageFault(
      'TRAMLINE_UNKNOWN_PROJECT',
      `There is no application '${name}' here. There are: ${names}.`,
    );
  }
  const place = `${relative(root, cwd).split(sep).join('/')}/`;
  const around = applications.find((project) => project.root !== '' && place.startsWith(`${project.root}/`));
  if (around) return around;
  if (applications.length === 1) return applications[0]!;
  throw usageFault(
    'TRAMLINE_WHICH_PROJECT',
    `Say which application is meant with --project: there are ${names}.`,
  );
}

/** The file of the module that the application's entry hands to NestFactory. */
export function findRootModule(
  read: ReadFile,
  { entry, sourceRoot }: Project,
): { path: string; className: string } {
  const text = read(entry);
  if (text === undefined)
    throw usageFault('TRAMLINE_NO_ENTRY', `There is no ${entry}, which starts the application.`);
  const file = { path: entry, text };
  const tokens = tokenize(file);
  const factory = tokens.findIndex(
    (token, i) =>
      token.text === 'NestFactory' &&
      tokens[i + 1]?.text === '.' &&
      tokens[i + 2]?.text.startsWith('create') === true,
  );
  const open = tokens.findIndex(({ text: bracket }, i) => factory >= 0 && i > factory && bracket === '(');
  const className = tokens[open + 1]?.kind === 'word' && open > 0 ? tokens[open + 1]!.text : 'AppModule';
  const specifier = importedFrom(file, className);
  const path = specifier?.startsWith('.')
    ? posix.join(posix.dirname(entry), `${specifier.replace(/\.[jt]s$/, '')}.ts`)
    : posix.join(sourceRoot, 'app.module.ts');
  if (read(path) === undefined)
    throw usageFault('TRAMLINE_NO_MODULE', `${entry} starts ${className}, and there is no ${path} with it.`);
  return { path, className };
}
