import { posix } from 'node:path';
import { addElement, addMember } from './edit/json.js';
import { addEntry, readYaml } from './edit/yaml.js';
import { refusal, usageFault } from './faults.js';
import { addHandler } from './handler.js';
import { fromWords, readName } from './names/name.js';
import { type Plan } from './plan/plan.js';
import { chooseEvents, findEvents } from './project/contracts.js';
import { manifestAt, referencesProjects } from './project/packages.js';
import { type Project, type Workspace } from './project/workspace.js';
import { renderTemplate, renderTemplates } from './templates.js';

export interface ServiceOptions {
  /** The events that it handles, by type or class; none for a service that only publishes. */
  readonly on: readonly string[];
}

/** Plans an application of its own: a package, its handlers with their specs, and its place in the files of the workspace. */
export function planService(plan: Plan, workspace: Workspace, given: string, options: ServiceOptions): void {
  const { kebab } = readName('service', given);
  const events = chooseEvents(findEvents(workspace), options.on);
  refuseOtherLayouts(plan);
  const project: Project = {
    name: kebab,
    type: 'application',
    root: `apps/${kebab}`,
    sourceRoot: `apps/${kebab}/src`,
    entry: `apps/${kebab}/src/main.ts`,
  };
  const sameName = workspace.projects.find(({ name }) => name === kebab);
  if (sameName && (sameName.type !== 'application' || sameName.root !== project.root))
    throw usageFault(
      'TRAMLINE_NAME',
      `${sameName.root} is called '${kebab}' already: choose another name for the service.`,
    );

  addService(plan, workspace, project);
  for (const event of events) {
    const words = [...event.className.matchAll(/[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+/g)].map(
      ([word]) => word,
    );
    const { kebab: id } = fromWords(words);
    const name = { ...fromWords([...words, 'handler']), pascal: `${event.className}Handler` };
    addHandler(plan, workspace, project, { ...name, file: `${id}.handler`, id }, [event]);
  }
}

/** The service without handlers, and what the workspace must know of it. */
export function addService(plan: Plan, workspace: Workspace, project: Project): void {
  const values = {
    service: project.name,
    scope: scopeOf(plan, workspace),
    port: String(freePort(plan)),
    portVariable: `${project.name.toUpperCase().replaceAll('-', '_')}_PORT`,
  };
  for (const { path, text } of renderTemplates('service', values)) {
    const target = posix.join(project.root, path);
    plan.create(target, path === 'package.json' ? withKnownVersions(plan, workspace, text) : text);
  }
  plan.edit('nest-cli.json', (file) =>
    addMember(file, ['projects'], project.name, {
      type: 'application',
      root: project.root,
      entryFile: 'main',
      sourceRoot: project.sourceRoot,
      compilerOptions: { tsConfigPath: `${project.root}/tsconfig.json` },
    }),
  );
  if (referencesProjects(plan))
    plan.edit('tsconfig.json', (file) => addElement(file, ['references'], { path: project.root }));
  plan.editIfPresent('docker-compose.yml', (file) => {
    const { services } = (readYaml(file) ?? {}) as { services?: Record<string, unknown> };
    const carrier = services && 'kafka' in services ? 'kafka' : 'embedded';
    return addEntry(file, 'services', project.name, renderTemplate(`compose/service-${carrier}.yml`, values));
  });
}

function refuseOtherLayouts(plan: Plan): void {
  const isWorkspace =
    manifestAt(plan, 'package.json').workspaces !== undefined ||
    plan.read('pnpm-workspace.yaml') !== undefined;
  if (!isWorkspace || plan.read('nest-cli.json') === undefined)
    throw refusal(
      'TRAMLINE_NO_WORKSPACE',
      'A service is a package of its own, and this project is no workspace of packages (no "workspaces" in package.json). ' +
        'Make one with: tramline new <directory>. Or add a handler to an application that is there: tramline generate handler <name> --on <event>',
    );
}

/** `@my-shop`, as the packages of the workspace are called. */
function scopeOf(plan: Plan, { projects }: Workspace): string {
  const names = projects.map(({ root }) => manifestAt(plan, posix.join(root, 'package.json')).name ?? '');
  const applications = projects.flatMap(({ type }, i) => (type === 'application' ? [names[i]!] : []));
  const scoped = [...applications, ...names].find((name) => /^@[^/]+\//.test(name));
  return (
    scoped?.split('/')[0] ??
    `@${(manifestAt(plan, 'package.json').name ?? 'services').replace(/^@|\/.*$/g, '')}`
  );
}

/** A new service has the versions that its neighbours have. */
function withKnownVersions(plan: Plan, { projects }: Workspace, text: string): string {
  const manifest = JSON.parse(text) as { dependencies: Record<string, string> };
  const known = Object.assign(
    {},
    ...projects.map(({ root }) => manifestAt(plan, posix.join(root, 'package.json')).dependencies ?? {}),
  ) as Record<string, string>;
  for (const name of Object.keys(manifest.dependencies))
    if (known[name] !== undefined) manifest.dependencies[name] = known[name];
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** The port of this machine at which the container is reached: behind those of the others. */
function freePort(plan: Plan): number {
  const text = plan.read('docker-compose.yml') ?? '';
  const taken = [...text.matchAll(/(?<![\d.])(\d{4,5})\}?:\d{2,5}\b/g)].map(([, port]) => Number(port));
  const ours = taken.filter((port) => port >= 3_000 && port < 4_000);
  return Math.max(2_999, ...ours) + 1;
}
