import { works } from './command.ts';
import { DockerEngine } from './docker.ts';
import { type Engine } from './engine.ts';
import { PodmanEngine } from './podman.ts';
import { type Project } from './project.ts';

/** What podman's way needs; tests/compose/engine.sh installs them. */
const PROGRAMS = ['podman', 'runc', 'buildah', 'podman-compose', 'iptables', 'debootstrap'];

/** Docker where its engine answers, else podman. @throws Error that says what each lacks here, and how to get one */
export async function findEngine(project: Project): Promise<Engine> {
  const docker = await faultOfDocker();
  if (docker === undefined) return new DockerEngine(project);
  const podman = await faultOfPodman();
  if (podman === undefined) return new PodmanEngine(project);
  throw new Error(
    'There is nothing to run containers with. One of these is enough:\n' +
      `  - Docker with its compose plugin: ${docker}\n` +
      `  - podman on Debian, as root, by bash tests/compose/engine.sh: ${podman}`,
  );
}

async function faultOfDocker(): Promise<string | undefined> {
  if (!(await works('docker', ['--version']))) return 'there is no docker';
  if (!(await works('docker', ['info']))) return 'its engine does not answer (docker info)';
  if (!(await works('docker', ['compose', 'version']))) return 'it has no compose plugin';
  return undefined;
}

/** As root, because containers get networks and users of their own. */
async function faultOfPodman(): Promise<string | undefined> {
  if (process.platform !== 'linux') return `this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'this user is not root';
  const there = await Promise.all(PROGRAMS.map((name) => works('which', [name])));
  const missing = PROGRAMS.filter((_, i) => !there[i]);
  return missing.length === 0 ? undefined : `there is no ${missing.join(', no ')}`;
}
