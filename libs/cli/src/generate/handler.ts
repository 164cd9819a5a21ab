import { posix } from 'node:path';
import { addImport } from './edit/imports.js';
import { addToModule } from './edit/nest-module.js';
import { usageFault } from './faults.js';
import { handlerSpec, handlerText } from './handler-text.js';
import { type Name, readClassName } from './names/name.js';
import { type Plan } from './plan/plan.js';
import { chooseApplication, findRootModule } from './project/application.js';
import {
  chooseEvents,
  findEvents,
  type KnownEvent,
  relativeSpecifier,
  specifierOf,
} from './project/contracts.js';
import { addLibrary } from './project/packages.js';
import { refuseTakenFile } from './refuse-taken-file.js';
import { type Project, readManifest, type Workspace } from './project/workspace.js';

export interface HandlerOptions {
  /** The events that it handles, by type or class. */
  readonly on: readonly string[];
  /** The application that it belongs to. */
  readonly project?: string;
  /** Where the command runs, absolute. */
  readonly cwd?: string;
}

/** Plans a class that handles events, its spec, and its place among the module's providers. */
export function planHandler(plan: Plan, workspace: Workspace, given: string, options: HandlerOptions): void {
  const name = readClassName('handler', given);
  if (options.on.length === 0)
    throw usageFault('TRAMLINE_UNKNOWN_EVENT', 'Say what it handles: --on user.registered');
  const events = chooseEvents(findEvents(workspace), options.on);
  const project = chooseApplication(
    workspace,
    options.project,
    options.cwd === undefined ? {} : { cwd: options.cwd },
  );
  refuseTakenFile(plan, posix.join(project.sourceRoot, `${name.kebab}.ts`), 'handler', name.pascal);
  addHandler(plan, workspace, project, { ...name, file: name.kebab, id: name.kebab }, events);
}

/** A handler's class, its file without the ending, and the id it keeps for life. */
export interface HandlerName extends Name {
  readonly file: string;
  readonly id: string;
}

export function addHandler(
  plan: Plan,
  workspace: Workspace,
  project: Project,
  name: HandlerName,
  events: readonly KnownEvent[],
): void {
  if (events.some(({ className }) => className === name.pascal))
    throw usageFault(
      'TRAMLINE_NAME',
      `${name.pascal} is the event: name the handler after what it does about it, such as welcome-mail.`,
    );
  const seen: Workspace = { ...workspace, read: plan.read };
  const path = posix.join(project.sourceRoot, `${name.file}.ts`);
  const imports = events.map((event) => ({
    name: event.className,
    from: specifierOf(seen, event, project, path),
  }));
  plan.create(path, handlerText(name, events, imports));

  const module = findRootModule(plan.read, project);
  const specifier = relativeSpecifier(seen, module.path, path);
  // The import last: until then lines are where their author knows them, for the message about one that cannot be edited.
  plan.edit(module.path, (file) =>
    addImport({ ...file, text: addToModule(file, 'providers', name.pascal) }, name.pascal, specifier),
  );
  for (const library of new Set(events.map((event) => event.project)))
    if (library.name !== project.name) addLibrary(plan, project, library);

  const spec = handlerSpec({
    name,
    events,
    imports,
    module: { name: module.className, from: relativeSpecifier(seen, path, module.path) },
    runner: 'vitest' in { ...readManifest(plan.read, '').devDependencies } ? 'vitest' : 'jest',
  });
  if (spec === undefined)
    plan.note(
      `${path} has no spec: only the author of ${events.map(({ className }) => className).join(', ')} knows what a valid one looks like.`,
    );
  else plan.create(path.replace(/\.ts$/, '.spec.ts'), spec);
}
