import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../engine/command.ts';

const IMAGE = 'localhost/tramline-stand-in/debian';
const RELEASE = 'bookworm';
/** Node is linked against the one; the other is the list of whom to trust. */
const MORE = 'libatomic1,ca-certificates';

/** A Debian as small as debootstrap makes it, from the mirror that apt uses; once. */
export async function importDebian(env: NodeJS.ProcessEnv): Promise<void> {
  const there = await run('podman', ['images', '--quiet', IMAGE], { env });
  if (there !== '') return;
  const folder = mkdtempSync(join(tmpdir(), 'tramline-debian-'));
  try {
    const how = ['--variant=minbase', `--include=${MORE}`, RELEASE, folder];
    await run('debootstrap', [...how, await mirror()]);
    // As in Debian's own images: what is installed in one need not survive a power cut half-way.
    writeFileSync(join(folder, 'etc', 'dpkg', 'dpkg.cfg.d', 'unsafe-io'), 'force-unsafe-io\n');
    await run('sh', ['-c', 'tar -C "$0" -c . | podman import - "$1"', folder, IMAGE], { env });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @throws Error where apt knows no mirror of this release */
async function mirror(): Promise<string> {
  const site = (await run('apt-get', ['indextargets', '--format', '$(REPO_URI) $(CODENAME)']))
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, codename]) => codename === RELEASE)?.[0];
  if (!site)
    throw new Error(`apt knows no mirror of Debian ${RELEASE}: the stand-ins are made on that release`);
  return site;
}
