import { works } from './command.ts';
import { DockerEngine } from './docker.ts';
import { type Engine, type Project } from './engine.ts';
import { podmanIsThere, PodmanEngine } from './podman.ts';

/** Docker where its engine answers, else podman. @throws Error that says how to get one */
export async function findEngine(project: Project): Promise<Engine> {
  if ((await works('docker', 'info')) && (await works('docker', 'compose', 'version')))
    return new DockerEngine(project);
  if (await podmanIsThere()) return new PodmanEngine(project);
  throw new Error(
    'There is nothing to run containers with. One of these gives it:\n' +
      '  - Docker with its compose plugin, its engine running\n' +
      '  - Debian, as root: bash tests/compose/engine.sh',
  );
}
