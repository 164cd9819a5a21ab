import { posix } from 'node:path';
import { readBracketed } from '../edit/bracketed.js';
import { type Token, tokenize } from '../edit/tokens.js';
import { usageFault } from '../faults.js';
import { type Project, readManifest, type Workspace } from './workspace.js';

/** An event that the workspace has a contract for. */
export interface KnownEvent {
  readonly type: string;
  readonly className: string;
  /** Where its class lies. */
  readonly path: string;
  readonly project: Project;
  /** Undefined when its properties are more than decorators, a name and a type. */
  readonly properties: readonly Property[] | undefined;
}

/** A property as its class declares it. */
export interface Property {
  readonly name: string;
  readonly optional: boolean;
  /** The names of its decorators, each with its arguments as written. */
  readonly decorators: readonly { readonly name: string; readonly written: string }[];
  readonly type: string;
}

/** Every class with `@EventContract('…')` in the workspace, libraries first. */
export function findEvents({ projects, read, list }: Workspace): readonly KnownEvent[] {
  const inOrder = [...projects].sort((a, b) => Number(b.type === 'library') - Number(a.type === 'library'));
  return inOrder.flatMap((project) =>
    list(project.sourceRoot).flatMap((path) => {
      const text = read(path) ?? '';
      if (!text.includes('@EventContract(')) return [];
      return readContracts(text, path).map((contract) => ({ ...contract, path, project }));
    }),
  );
}

/** Finds events by type or class; all that are unknown are named at once, with those that there are. */
export function chooseEvents(
  events: readonly KnownEvent[],
  wanted: readonly string[],
): readonly KnownEvent[] {
  const found = wanted.map((name) =>
    events.find(({ type, className }) => type === name || className === name),
  );
  const unknown = wanted.filter((_, i) => !found[i]);
  if (unknown.length > 0) {
    const known = [...new Set(events.map(({ type }) => type))].join(', ');
    throw usageFault(
      'TRAMLINE_UNKNOWN_EVENT',
      `No contract here is called ${unknown.map((name) => `'${name}'`).join(', ')}. ${known ? `There are: ${known}. ` : ''}Make one with: tramline generate event ${/^[\w.-]+$/.test(unknown[0]!) ? unknown[0] : '<name>'} --field id:uuid --key id`,
    );
  }
  return [...new Set(found as KnownEvent[])];
}

function readContracts(text: string, path: string): Omit<KnownEvent, 'path' | 'project'>[] {
  const tokens = tokenize({ path, text });
  return tokens.flatMap((token, i) => {
    const name = tokens[i + 3];
    const isContract =
      token.text === '@' && tokens[i + 1]?.text === 'EventContract' && name?.kind === 'string';
    if (!isContract) return [];
    const at = tokens.findIndex(({ text: word }, j) => j > i && word === 'class');
    const className = tokens[at + 1];
    if (at < 0 || className?.kind !== 'word') return [];
    const body = tokens.findIndex(({ text: brace }, j) => j > at && brace === '{');
    const isChild = tokens.slice(at, body).some(({ text: word }) => word === 'extends');
    return [
      {
        type: name.text.slice(1, -1),
        className: className.text,
        properties: isChild ? undefined : readProperties(text, tokens, body),
      },
    ];
  });
}

function readProperties(text: string, tokens: readonly Token[], brace: number): Property[] | undefined {
  const properties: Property[] = [];
  let decorators: Property['decorators'][number][] = [];
  for (let i = brace + 1; tokens[i]!.depth > tokens[brace]!.depth;) {
    const token = tokens[i]!;
    if (token.text === '@') {
      const end = tokens[i + 2]?.text === '(' ? readBracketed(tokens, i + 2).closing : i + 1;
      decorators.push({ name: tokens[i + 1]!.text, written: text.slice(token.start, tokens[end]!.end) });
      i = end + 1;
    } else if (token.text === 'readonly' || token.text === 'public') i++;
    else {
      const optional = tokens[i + 1]?.text === '?';
      const colon = tokens[i + 1]?.text === ':' ? i + 1 : i + 2;
      if (token.kind !== 'word' || tokens[colon]?.text !== ':') return undefined;
      const end = endOfType(text, tokens, colon + 1);
      const type = text.slice(tokens[colon + 1]!.start, tokens[end - 1]!.end);
      properties.push({ name: token.text, optional, decorators, type });
      decorators = [];
      i = tokens[end]!.text === ';' ? end + 1 : end;
    }
  }
  return properties;
}

/** The index of the token behind a type: a semicolon, what stands on the next line, or the brace that ends the class. */
function endOfType(text: string, tokens: readonly Token[], start: number): number {
  const { depth } = tokens[start]!;
  return tokens.findIndex((token, j) => {
    if (j <= start) return false;
    if (token.depth < depth) return true;
    if (token.depth > depth) return false;
    const onNextLine = text.slice(tokens[j - 1]!.end, token.start).includes('\n');
    return /^[;@]$/.test(token.text) || (onNextLine && !/^[|&>)\]}]$/.test(token.text));
  });
}

/** The library that new contracts go into; undefined where there is none: then they lie beside the application's code. */
export function contractsLibrary(workspace: Workspace): Project | undefined {
  const libraries = workspace.projects.filter(({ type }) => type === 'library');
  const withContracts = new Set(findEvents(workspace).map(({ project }) => project.name));
  return (
    libraries.find(({ name }) => name === 'contracts') ??
    libraries.find(({ name }) => withContracts.has(name))
  );
}

/** How a file imports an event: the name of the library's package, or the way to the file. */
export function specifierOf(
  workspace: Workspace,
  event: KnownEvent,
  from: Project,
  importer: string,
): string {
  if (event.project.name !== from.name) {
    const name = libraryName(workspace, event.project);
    if (name !== undefined) return name;
  }
  return relativeSpecifier(workspace, importer, event.path);
}

/** The name of a library's package, or the path alias that the root's tsconfig.json gives it. */
function libraryName({ read }: Workspace, { root, sourceRoot }: Project): string | undefined {
  if (root !== '' && read(posix.join(root, 'package.json')) !== undefined)
    return readManifest(read, root).name;
  const text = read('tsconfig.json') ?? '';
  const alias = [...text.matchAll(/"([^"]+)"\s*:\s*\[\s*"([^"]+)"/g)].find(
    ([, name, path]) =>
      !name!.endsWith('*') && posix.normalize(path!).replace(/\/index(\.ts)?$/, '') === sourceRoot,
  );
  return alias?.[1];
}

/** `./user-registered.js`, or without the extension where the project's packages are CommonJS. */
export function relativeSpecifier(workspace: Workspace, importer: string, target: string): string {
  const path = posix.relative(posix.dirname(importer), target).replace(/\.ts$/, '');
  return `${path.startsWith('.') ? '' : './'}${path}${isEsm(workspace, importer) ? '.js' : ''}`;
}

/** Whether the package that a file belongs to consists of ES modules. */
function isEsm({ read }: Workspace, path: string): boolean {
  for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
    if (read(posix.join(folder, 'package.json')) !== undefined)
      return readManifest(read, folder).type === 'module';
    if (folder === '.' || folder === '/') return false;
  }
}
