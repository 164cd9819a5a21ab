import { posix } from 'node:path';
import { addReexport } from './edit/imports.js';
import { usageFault } from './faults.js';
import { readEventName } from './names/event-name.js';
import { FIELD_TYPES, readFields, readKey } from './names/field.js';
import { type Plan } from './plan/plan.js';
import { contractsLibrary, findEvents, relativeSpecifier } from './project/contracts.js';
import { type Workspace } from './project/workspace.js';
import { contractText } from './event-text.js';
import { refuseTakenFile } from './refuse-taken-file.js';
import { chooseApplication } from './project/application.js';
import { addPackage } from './project/packages.js';

export interface EventOptions {
  /** `userId:uuid`, each. */
  readonly field?: readonly string[];
  /** The field that keeps events in order; false for none. */
  readonly key?: string | false;
  /** Where the class goes, when that is not the library of contracts. */
  readonly project?: string;
}

/** Plans the contract of a new event, in the library of contracts or, where there is none, beside the application's code. */
export function planEvent(plan: Plan, workspace: Workspace, given: string, options: EventOptions): void {
  const name = readEventName(given);
  const fields = readFields(options.field ?? []);
  if (fields.length === 0)
    throw usageFault('TRAMLINE_FIELD', 'Give the event at least one field: --field userId:uuid');
  const key = readKey(options.key, fields);
  const library = options.project === undefined ? contractsLibrary(workspace) : undefined;
  const project = library ?? chooseApplication(workspace, options.project, { libraries: true });
  const path =
    project.type === 'library'
      ? posix.join(project.sourceRoot, `${name.kebab}.ts`)
      : posix.join(project.sourceRoot, 'events', `${name.kebab}.ts`);

  refuseTakenFile(plan, path, 'event', name.pascal);
  const present = findEvents(workspace).filter(
    ({ type, className }) => type === name.type || className === name.pascal,
  );
  for (const event of present)
    if (event.path !== path || event.type !== name.type || event.className !== name.pascal)
      throw usageFault(
        'TRAMLINE_EVENT_EXISTS',
        `${event.path} has the event '${event.type}' as ${event.className} already: choose another name, or edit that.`,
      );

  const text = contractText(name, fields, key);
  if (present.length > 0 && plan.read(path) !== text)
    plan.note(`${path} has '${name.type}' already: its fields stay as they are. Change them there.`);
  plan.create(path, text);
  const index = posix.join(project.sourceRoot, 'index.ts');
  if (project.type === 'library') {
    const specifier = relativeSpecifier(workspace, index, path);
    if (plan.read(index) === undefined)
      plan.create(index, `export { ${name.pascal} } from '${specifier}';\n`);
    else plan.edit(index, (file) => addReexport(file, name.pascal, specifier));
  }
  addPackage(plan, workspace, project, 'class-validator');
  if (fields.some(({ type }) => FIELD_TYPES[type].written === 'Date'))
    addPackage(plan, workspace, project, 'class-transformer');
}
