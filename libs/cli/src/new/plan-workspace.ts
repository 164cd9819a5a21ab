import { posix } from 'node:path';
import { addMember } from '../generate/edit/json.js';
import { addEntry } from '../generate/edit/yaml.js';
import { planEvent } from '../generate/event.js';
import { Plan } from '../generate/plan/plan.js';
import { type Project, readWorkspaceFrom } from '../generate/project/workspace.js';
import { addLibrary, TRAMLINE_VERSION } from '../generate/project/packages.js';
import { addService, planService } from '../generate/service.js';
import { renderTemplate, renderTemplates, type Values } from '../generate/templates.js';
import { type NewOptions } from './options.js';

/** What the drivers and libraries of databases are called, and which of their versions work. */
const DATABASE_PACKAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  none: { pg: '^8.23.1' },
  drizzle: { 'drizzle-orm': '^0.45.4', pg: '^8.23.1' },
  kysely: { kysely: '^0.29.9', pg: '^8.23.1' },
  typeorm: { pg: '^8.23.1', typeorm: '^1.1.1' },
};

/** Plans a whole workspace, by the same steps that add an event or a service to one that is there. */
export function planWorkspace(options: NewOptions): Plan {
  const { project, transport, database, packageManager } = options;
  const plan = new Plan(() => undefined);
  const values: Values = {
    // Packages leave out whatever has spec in its name.
    spec: 'spec',
    project,
    scope: `@${project}`,
    ...managerValues(packageManager),
    ...outboxValues(database),
    composeRemark: transport === 'kafka' ? ', on Apache Kafka' : '',
  };
  for (const { path, text } of renderTemplates('workspace', values)) plan.create(path, text);
  if (packageManager === 'pnpm') {
    for (const { path, text } of renderTemplates('workspace-pnpm', values)) plan.create(path, text);
    plan.remove('.npmrc');
  }
  planEvent(plan, openPlanned(plan), 'user.registered', {
    field: ['userId:uuid', 'name:string', 'email:email'],
    key: 'userId',
  });
  if (transport === 'kafka') addContainer(plan, 'kafka', values);
  planRegistration(plan, options, values);
  planService(plan, openPlanned(plan), 'greeter', { on: ['user.registered'] });
  return plan;
}

/** The service that people register with: what every service has, and a database with an outbox. */
function planRegistration(plan: Plan, { database, orm }: NewOptions, values: Values): void {
  const project: Project = {
    name: 'registration',
    type: 'application',
    root: 'apps/registration',
    sourceRoot: 'apps/registration/src',
    entry: 'apps/registration/src/main.ts',
  };
  // What is more special comes first: a file that is planned stays.
  const layers = ['registration'];
  if (database === 'none') layers.unshift('registration-none');
  else layers.unshift('registration-sqlite');
  if (database === 'postgres') layers.unshift(`registration-postgres-${orm}`, 'registration-postgres');
  for (const layer of layers)
    for (const { path, text } of renderTemplates(layer, values))
      plan.create(posix.join(project.root, path), text);

  const workspace = openPlanned(plan);
  addService(plan, workspace, project);
  addLibrary(
    plan,
    project,
    workspace.projects.find(({ name }) => name === 'contracts')!,
  );
  const manifest = posix.join(project.root, 'package.json');
  const add = (name: string, range: string) =>
    plan.edit(manifest, (file) => addMember(file, ['dependencies'], name, range, { sorted: true }));
  if (database !== 'none') add('@tramline/outbox', TRAMLINE_VERSION);
  if (database !== 'postgres') return;
  for (const [name, range] of Object.entries(DATABASE_PACKAGES[orm]!)) add(name, range);
  plan.edit('package.json', (file) =>
    addMember(file, ['devDependencies'], '@types/pg', '^8.23.1', { sorted: true }),
  );
  addContainer(plan, 'postgres', values);
  plan.edit('docker-compose.yml', ({ text }) => useDatabase(text));
}

/** Tells the container of the registration where its database is, and to wait for it. */
function useDatabase(compose: string): string {
  const url = 'postgres://registration:development-only@postgres:5432/registration';
  const wait = '      postgres:\n        condition: service_healthy\n';
  return compose.replace(/^ {2}registration:\n(?: {4}.*\n)+/m, (service) => {
    const waiting = service.includes('    depends_on:\n')
      ? service.replace('    depends_on:\n', `$&${wait}`)
      : service.replace('    environment:\n', `    depends_on:\n${wait}$&`);
    return waiting.replace('    environment:\n', `$&      DATABASE_URL: ${url}\n`);
  });
}

/** A server in a container, with a volume of its own. */
function addContainer(plan: Plan, name: 'kafka' | 'postgres', values: Values): void {
  plan.edit('docker-compose.yml', (file) => {
    const text = addEntry(file, 'services', name, renderTemplate(`compose/${name}.yml`, values));
    return addEntry({ ...file, text }, 'volumes', name, '');
  });
}

/** Where the registration has an outbox, the command finds it where the service does. */
function outboxValues(database: NewOptions['database']): Values {
  if (database === 'none') return { outbox: '', outboxImport: '', outboxRemark: '' };
  return {
    outboxImport:
      "import type { OutboxProvider } from '@tramline/nest';\n\n" +
      'type OpenDatabase = () => Promise<{ outbox: OutboxProvider }>;\n',
    outboxRemark: '; the registration\n * opens its outbox (`tramline outbox`, `tramline relay`)',
    outbox: `  outbox: async () => {
    // In whatever folder the command runs.
    process.env.TRAMLINE_DATA ||= join(import.meta.dirname, '.tramline');
    const built = './apps/registration/dist/database/open-database.js';
    const { openDatabase } = (await import(built)) as { openDatabase: OpenDatabase };
    return (await openDatabase()).outbox;
  },
`,
  };
}

function managerValues(manager: 'npm' | 'pnpm'): Values {
  return manager === 'npm'
    ? {
        manager,
        installCommand: '--mount=type=cache,target=/root/.npm npm ci',
        pruneCommand: 'npm prune --omit=dev --omit=optional',
      }
    : {
        manager,
        installCommand: 'npm install --global pnpm@12 && pnpm install --frozen-lockfile',
        pruneCommand: 'pnpm prune --prod --no-optional',
      };
}

const openPlanned = (plan: Plan) => readWorkspaceFrom('/', plan.read, (folder) => plan.list(folder));
