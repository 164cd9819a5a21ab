import { run, works } from './command.ts';
import { processOf } from './project.ts';

const PROJECT = 'io.podman.compose.project';

/** Removes what podman has of a project, whatever state that is in, with all that it kept. */
export async function removeProject(name: string, env: NodeJS.ProcessEnv): Promise<void> {
  const podman = (...args: readonly string[]) => list(args, env);
  const its = ['--quiet', '--filter', `label=${PROJECT}=${name}`];
  const containers = await podman('ps', '--all', ...its);
  if (containers.length > 0) await podman('rm', '--force', '--time', '0', ...containers);
  const volumes = await podman('volume', 'ls', ...its);
  if (volumes.length > 0) await podman('volume', 'rm', ...volumes);
  // podman-compose gives it no label.
  const network = `${name}_default`;
  if (await works('podman', ['network', 'exists', network], env)) await podman('network', 'rm', network);
  // Those that the compose file names are kept: their layers save time.
  const images = await podman('images', '--quiet', '--filter', `reference=localhost/${name}_*`);
  if (images.length > 0) await podman('rmi', '--force', ...new Set(images));
}

/**
 * Removes what tests left behind that were ended before they could, projects whose process is gone, and layers that builds of
 * other days left and no image has.
 */
export async function removeLeftovers(env: NodeJS.ProcessEnv): Promise<void> {
  const names = await list(['ps', '--all', '--format', `{{index .Labels "${PROJECT}"}}`], env);
  for (const name of new Set(names)) {
    const pid = processOf(name);
    if (pid !== undefined && !isAlive(pid)) await removeProject(name, env);
  }
  await list(['image', 'prune', '--force', '--filter', 'until=24h'], env);
}

/** The lines that podman writes. */
async function list(args: readonly string[], env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  return (await run('podman', args, { env })).split('\n').filter((line) => line !== '');
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
