import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Session } from '../session.js';
import { planEvent, type EventOptions } from './event.js';
import { planHandler } from './handler.js';
import { Plan } from './plan/plan.js';
import { writeChanges } from './plan/write-changes.js';
import { openWorkspace, type Workspace } from './project/workspace.js';
import { reportPlan } from './report.js';
import { planService } from './service.js';

export interface GenerateFlags {
  readonly on?: readonly string[];
  readonly project?: string;
  readonly dryRun?: boolean;
}

export async function generateService(session: Session, name: string, flags: GenerateFlags): Promise<void> {
  await generate(
    session,
    flags,
    (plan, workspace) => planService(plan, workspace, name, { on: flags.on ?? [] }),
    'install',
  );
}

export async function generateHandler(session: Session, name: string, flags: GenerateFlags): Promise<void> {
  const { project } = flags;
  await generate(session, flags, (plan, workspace) =>
    planHandler(plan, workspace, name, {
      on: flags.on ?? [],
      cwd: session.env.cwd,
      ...(project !== undefined && { project }),
    }),
  );
}

export async function generateEvent(
  session: Session,
  name: string,
  flags: GenerateFlags & EventOptions,
): Promise<void> {
  await generate(session, flags, (plan, workspace) => planEvent(plan, workspace, name, flags));
}

/** Plans, then shows or writes. Nothing is written when any of it cannot be planned. */
async function generate(
  session: Session,
  { dryRun = false }: GenerateFlags,
  planIt: (plan: Plan, workspace: Workspace) => void,
  next?: 'install',
): Promise<void> {
  const { output, env } = session;
  const workspace = openWorkspace(env.cwd);
  const plan = new Plan(workspace.read);
  planIt(plan, workspace);
  if (!dryRun && plan.changes.length > 0) {
    await warnIfDirty(session, workspace.root);
    writeChanges(workspace.root, plan.changes);
  }
  await reportPlan(output, plan, { dryRun });
  const manager = workspace.read('pnpm-workspace.yaml') === undefined ? 'npm' : 'pnpm';
  const needsInstall = next === 'install' || plan.changes.some(({ path }) => path.endsWith('package.json'));
  if (!dryRun && plan.changes.length > 0 && needsInstall) await output.note(`Next: ${manager} install`);
}

/** Changes of one's own and those of a generator are hard to tell apart afterwards: says so, and goes on. */
export async function warnIfDirty(session: Session, root: string): Promise<void> {
  const git = promisify(execFile);
  const status = await git('git', ['status', '--porcelain'], { cwd: root }).catch(() => ({ stdout: '' }));
  const dirty = status.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.slice(3));
  if (dirty.length > 0)
    await session.output.note(
      `The git tree has changes that are not committed (${dirty.slice(0, 3).join(', ')}${dirty.length > 3 ? ', …' : ''}): commit first to see what was generated alone.`,
    );
}
