import { usageFault } from '../generate/faults.js';
import { Plan } from '../generate/plan/plan.js';
import { writeChanges } from '../generate/plan/write-changes.js';
import { chooseApplication } from '../generate/project/application.js';
import { openWorkspace, type Project, readNestCli, type Workspace } from '../generate/project/workspace.js';
import { reportPlan } from '../generate/report.js';
import { warnIfDirty } from '../generate/run.js';
import { withPackages } from '../new/packages.js';
import { programRunner } from '../new/run-program.js';
import { copyTarballs } from '../new/tarballs.js';
import { type Session } from '../session.js';
import { planInit } from './plan-init.js';

export interface InitFlags {
  readonly project?: string;
  /** How `nest add` names the project. */
  readonly sourceRoot?: string;
  readonly transport?: string;
  readonly packages?: string;
  readonly install?: boolean;
  readonly dryRun?: boolean;
}

/** The first Node with `node:sqlite`, which the embedded transport needs. */
const SQLITE_SINCE = [22, 13] as const;

/** Adds Tramline to a Nest application that is there. */
export async function initProject(session: Session, flags: InitFlags): Promise<void> {
  const { env, output } = session;
  const transport = flags.transport ?? 'embedded';
  if (transport !== 'embedded' && transport !== 'kafka')
    throw usageFault('TRAMLINE_USAGE', `--transport is '${transport}': use embedded or kafka.`);
  const workspace = openWorkspace(env.cwd);
  const project = chooseProject(workspace, flags, env.cwd);
  const run = programRunner(env.variables, session.signal);
  const dryRun = flags.dryRun === true;
  const plan = new Plan(workspace.read);

  await withPackages(
    { given: flags.packages ?? env.variables['TRAMLINE_PACKAGES'], cwd: env.cwd, dryRun },
    run,
    async (packages) => {
      planInit(plan, workspace, project, { transport, ...(packages && { tarballs: packages.tarballs }) });
      if (transport === 'embedded' && isOlder(process.versions.node))
        plan.note(
          `The embedded transport needs Node ${SQLITE_SINCE.join('.')} or newer to run; this is ${process.version}.`,
        );
      if (dryRun || plan.changes.length === 0) return;
      await warnIfDirty(session, workspace.root);
      writeChanges(workspace.root, plan.changes);
      if (packages) copyTarballs(packages.tarballs, packages.folder, workspace.root);
    },
  );
  await reportPlan(output, plan, { dryRun });
  if (dryRun || !plan.changes.some(({ path }) => path.endsWith('package.json'))) return;
  const manager = managerOf(workspace);
  if (flags.install === false) return output.note(`Next: ${manager} install`);
  await output.note(`Installing with ${manager} …`);
  await run(manager, ['install'], { cwd: workspace.root });
}

/** The project that is named, or that Nest itself would take. */
function chooseProject(workspace: Workspace, { project, sourceRoot }: InitFlags, cwd: string): Project {
  const applications = workspace.projects.filter(({ type }) => type === 'application');
  if (project === undefined && sourceRoot !== undefined) {
    const named = applications.find((one) => one.sourceRoot === sourceRoot.replace(/\/$/, ''));
    if (named) return named;
  }
  const byDefault = readNestCli(workspace.read).root;
  const isWithinOne = applications.some(({ root }) => root !== '' && `${cwd}/`.includes(`/${root}/`));
  const usual = applications.find(({ root }) => root === byDefault);
  if (project === undefined && !isWithinOne && usual) return usual;
  return chooseApplication(workspace, project, { cwd });
}

function managerOf({ read }: Workspace): string {
  if (read('pnpm-lock.yaml') !== undefined || read('pnpm-workspace.yaml') !== undefined) return 'pnpm';
  return read('yarn.lock') === undefined ? 'npm' : 'yarn';
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < SQLITE_SINCE[0] || (major === SQLITE_SINCE[0] && minor < SQLITE_SINCE[1]);
}
