import { posix } from 'node:path';
import { addImport } from '../generate/edit/imports.js';
import { addMember, readJson } from '../generate/edit/json.js';
import { addToModule } from '../generate/edit/nest-module.js';
import { type Plan } from '../generate/plan/plan.js';
import { findRootModule } from '../generate/project/application.js';
import { manifestAt, TRAMLINE_VERSION } from '../generate/project/packages.js';
import { type Project, type Workspace } from '../generate/project/workspace.js';
import { VENDOR, type Tarball } from '../new/tarballs.js';
import { enableShutdownHooks } from './shutdown-hooks.js';
import { letJestLoadModules } from './jest.js';

export interface InitOptions {
  readonly transport: 'embedded' | 'kafka';
  /** In place of the registry: they are copied into `vendor`. */
  readonly tarballs?: readonly Tarball[];
}

/** How the root module gets the bus, for each transport. */
const TRANSPORTS = {
  embedded: { specifier: '@tramline/embedded', call: `embedded({ directory: '.tramline/log' })` },
  kafka: {
    specifier: '@tramline/kafka',
    call: `kafka({ brokers: (process.env.KAFKA_BROKERS ?? '127.0.0.1:9092').split(',') })`,
  },
} as const;

/** Plans what an application that is there needs to publish and handle events. */
export function planInit(plan: Plan, workspace: Workspace, project: Project, options: InitOptions): void {
  const { specifier, call } = TRANSPORTS[options.transport];
  const module = findRootModule(plan.read, project);
  plan.edit(module.path, (file) => {
    const entry = `TramlineModule.forRoot({\n  service: '${project.name}',\n  transport: ${call},\n})`;
    const text = addToModule(file, 'imports', entry);
    if (text === file.text) return text;
    const withTransport = addImport({ ...file, text }, options.transport, specifier);
    return addImport({ ...file, text: withTransport }, 'TramlineModule', '@tramline/nest');
  });
  plan.edit(project.entry, (file) => enableShutdownHooks(file, plan));
  planDependencies(plan, project, specifier, options.tarballs);
  plan.editIfPresent('.gitignore', ({ text }) => ignoreData(text));
  letJestLoadModules(plan);
  noteResolution(plan, workspace, project);
}

function planDependencies(
  plan: Plan,
  project: Project,
  transport: string,
  tarballs: readonly Tarball[] | undefined,
): void {
  const own = posix.join(project.root, 'package.json');
  const path = plan.read(own) === undefined ? 'package.json' : own;
  const manifest = manifestAt(plan, path);
  const root = manifestAt(plan, 'package.json');
  const present = {
    ...root.devDependencies,
    ...root.dependencies,
    ...manifest.devDependencies,
    ...manifest.dependencies,
  };
  const add = (to: string, kind: 'dependencies' | 'devDependencies', name: string, range: string) => {
    if (to === path && present[name] !== undefined) return;
    plan.edit(to, (file) => addMember(file, [kind], name, range, { sorted: true }));
  };
  const tarball = (name: string) => tarballs?.find((one) => one.name === name)?.file;
  const rangeOf = (name: string) => {
    const file = tarball(name);
    return file === undefined || path !== 'package.json' ? TRAMLINE_VERSION : `file:${VENDOR}/${file}`;
  };
  const major = /\d+/.exec(present['@nestjs/core'] ?? '12')![0];
  const ours = ['@tramline/nest', transport];
  for (const name of ours) add(path, 'dependencies', name, rangeOf(name));
  add(path, 'dependencies', '@nestjs/microservices', `^${major}.0.0`);
  add(path, 'dependencies', 'class-transformer', '^0.5.1');
  add(path, 'dependencies', 'class-validator', '^0.15.1');
  for (const name of ['@tramline/testing', '@tramline/cli'])
    add(path, 'devDependencies', name, rangeOf(name));
  if (tarballs === undefined) return;
  // What they need of each other is not in the registry either: the root's satisfies it.
  const needed = [
    '@tramline/core',
    ...(path === 'package.json' ? [] : [...ours, '@tramline/testing', '@tramline/cli']),
  ];
  for (const name of needed.toSorted().toReversed())
    plan.edit('package.json', (file) =>
      addMember(file, ['dependencies'], name, `file:${VENDOR}/${tarball(name)!}`, { sorted: true }),
    );
}

function ignoreData(text: string): string {
  if (/^\/?\.tramline\/?\s*$/m.test(text)) return text;
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}.tramline/\n`;
}

/** ES modules with `exports` cannot be found by the resolution of old: says so, since only the author can judge the change. */
function noteResolution(plan: Plan, { isMonorepo }: Workspace, project: Project): void {
  const own = posix.join(project.root, isMonorepo ? 'tsconfig.app.json' : 'tsconfig.json');
  for (const path of new Set([own, posix.join(project.root, 'tsconfig.json'), 'tsconfig.json'])) {
    const text = plan.read(path);
    if (text === undefined) continue;
    const { compilerOptions = {} } = readJson({ path, text }) as { compilerOptions?: Resolution };
    const { module = '', moduleResolution } = compilerOptions;
    const resolution = (moduleResolution ?? (/^commonjs$/i.test(module) ? 'node10' : '')).toLowerCase();
    if (!['node', 'node10', 'classic'].includes(resolution)) continue;
    plan.note(
      `${path} resolves modules as Node 10 did, and TypeScript will not find Tramline's types: set "module" and "moduleResolution" to "nodenext".`,
    );
    return;
  }
}

interface Resolution {
  readonly module?: string;
  readonly moduleResolution?: string;
}
