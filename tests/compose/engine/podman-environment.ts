import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Gone when the machine starts anew, like the processes that it tells of. */
const RUN = '/run/tramline-containers';

let environment: NodeJS.ProcessEnv | undefined;

/**
 * Has podman and buildah keep their images, containers and volumes in a place of our own: stand-ins bear the names of real
 * images, and must never be taken for them by anybody else. Nothing of /etc is changed.
 */
export function podmanEnvironment(): NodeJS.ProcessEnv {
  environment ??= writeConfiguration();
  return environment;
}

function writeConfiguration(): NodeJS.ProcessEnv {
  const folder = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'tramline', 'containers');
  // What builds keep for other builds, such as what npm has fetched, lies where temporary files do.
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const storage = join(folder, 'storage.conf');
  const containers = join(folder, 'containers.conf');
  writeFileSync(
    storage,
    `[storage]\ndriver = "overlay"\ngraphroot = "${join(folder, 'storage')}"\nrunroot = "${RUN}/storage"\n`,
  );
  // crun refuses machines whose control groups are partly of the first version, and the limits that podman gives by itself
  // are more than some machines allow.
  writeFileSync(
    containers,
    `[engine]\nruntime = "runc"\nlock_type = "file"\ntmp_dir = "${RUN}/libpod"\n` +
      `[containers]\ndefault_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]\n`,
  );
  return { CONTAINERS_STORAGE_CONF: storage, CONTAINERS_CONF: containers, TMPDIR: temporary };
}
