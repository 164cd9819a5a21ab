import { existsSync, readdirSync, statSync } from 'node:fs';
import { relative } from 'node:path';
import { CliError } from '../exit.js';
import { refusal } from '../generate/faults.js';
import { reportPlan } from '../generate/report.js';
import { writeChanges } from '../generate/plan/write-changes.js';
import { type Session } from '../session.js';
import { dependOnRegistry, dependOnTarballs } from './depend-on.js';
import { type NewFlags, readNewOptions } from './options.js';
import { planWorkspace } from './plan-workspace.js';
import { withPackages } from './packages.js';
import { programRunner } from './run-program.js';
import { copyTarballs } from './tarballs.js';

/** Makes a workspace in a folder that does not exist, or is empty. */
export async function newWorkspace(session: Session, given: string, flags: NewFlags): Promise<void> {
  const { env, output } = session;
  const options = readNewOptions(given, flags, env.cwd);
  const { directory, packageManager } = options;
  refuseUsed(directory);
  const plan = planWorkspace(options);
  const run = programRunner(env.variables, session.signal);

  await withPackages(
    {
      given: flags.packages ?? env.variables['TRAMLINE_PACKAGES'],
      cwd: env.cwd,
      dryRun: flags.dryRun === true,
    },
    run,
    async (packages) => {
      if (packages) dependOnTarballs(plan, packages.tarballs);
      else dependOnRegistry(plan);
      if (flags.dryRun) return reportPlan(output, plan, { dryRun: true });
      writeChanges(directory, plan.changes);
      if (packages) copyTarballs(packages.tarballs, packages.folder, directory);
    },
  );
  if (flags.dryRun) return;

  const steps: string[] = [];
  if (flags.git !== false) await initGit(directory);
  if (flags.install === false) steps.push(`${packageManager} install`);
  else {
    await output.note(`Installing with ${packageManager} …`);
    try {
      await run(packageManager, installArguments(packageManager), { cwd: directory });
    } catch (error) {
      await output.note(`The files are made. What is left to do in ${directory}: ${packageManager} install`);
      throw error;
    }
  }
  await output.json({
    directory,
    project: options.project,
    files: plan.changes.map(({ path }) => path),
    installed: steps.length === 0,
  });
  await output.line(`${options.project} is made: ${plan.changes.length} files in ${directory}`);
  await output.line();
  for (const step of [`cd ${relative(env.cwd, directory) || '.'}`, ...steps, `${packageManager} start`])
    await output.line(`  ${step}`);

  async function initGit(folder: string): Promise<void> {
    // Within a repository it is a part of that.
    const inside = await run('git', ['rev-parse', '--is-inside-work-tree'], { cwd: folder }).catch(() => '');
    if (inside.trim() === 'true') return;
    await run('git', ['init', '--quiet', '--initial-branch=main'], { cwd: folder }).catch(
      async (error: unknown) => {
        if (!(error instanceof CliError)) throw error;
        await output.note(`There is no git repository: ${error.message}`);
      },
    );
  }
}

function refuseUsed(directory: string): void {
  if (!existsSync(directory)) return;
  if (!statSync(directory).isDirectory())
    throw refusal('TRAMLINE_EXISTS', `${directory} is a file: choose another directory.`);
  if (readdirSync(directory).length > 0)
    throw refusal(
      'TRAMLINE_EXISTS',
      `${directory} exists and is not empty: choose another directory, or empty it.`,
    );
}

function installArguments(manager: 'npm' | 'pnpm'): readonly string[] {
  return manager === 'npm' ? ['install', '--no-audit', '--no-fund'] : ['install', '--no-frozen-lockfile'];
}
