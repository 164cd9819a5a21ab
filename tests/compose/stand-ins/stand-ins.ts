import { createHash } from 'node:crypto';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../engine/command.ts';
import { ROOT } from '../engine/engine.ts';
import { importDebian } from './debian.ts';
import { fillKafka } from './kafka/fill.ts';
import { fillNode } from './node/fill.ts';

const LABEL = 'tramline.stand-in';

/** A folder beside this file with a Containerfile, and what its build needs besides. */
interface StandIn {
  readonly folder: string;
  readonly fill?: (context: string) => Promise<void>;
}

/** By the name of the image that it stands in for. */
const standIns: Readonly<Record<string, StandIn>> = {
  'docker.io/library/node': { folder: 'node', fill: fillNode },
  'docker.io/library/postgres': { folder: 'postgres' },
  'docker.io/apache/kafka': { folder: 'kafka', fill: fillKafka },
};

/**
 * Makes an image for each name that is a stand-in's, tag included, and for the base of our own Dockerfiles. One that was made
 * from the same files before is kept.
 */
export async function makeStandIns(images: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  for (const image of new Set([...baseImages(), ...images])) {
    const standIn = standIns[image.slice(0, image.lastIndexOf(':'))];
    if (standIn) await make(image, standIn, env);
  }
}

/** What our Dockerfiles begin with, as `FROM` has it. */
function baseImages(): readonly string[] {
  return ['Dockerfile', 'docker/mail/Dockerfile'].flatMap((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    return [...text.matchAll(/^FROM (\S+:\S+)/gm)].map(([, image]) => image!);
  });
}

async function make(image: string, { folder, fill }: StandIn, env: NodeJS.ProcessEnv): Promise<void> {
  const version = versionOf(folder);
  const made = await run('podman', ['inspect', '--format', `{{index .Config.Labels "${LABEL}"}}`, image], {
    env,
  }).catch(() => '');
  if (made.trim() === version) return;
  await importDebian(env);
  const context = mkdtempSync(join(tmpdir(), 'tramline-stand-in-'));
  try {
    cpSync(join(import.meta.dirname, folder), context, { recursive: true });
    await fill?.(context);
    const how = ['bud', '--isolation', 'chroot', '--format', 'docker', '--label', `${LABEL}=${version}`];
    await run('buildah', [...how, '--tag', image, context], { env });
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

/** Changes with the files that the image is made from. */
function versionOf(folder: string): string {
  const hash = createHash('sha256');
  for (const file of globSync(`{debian.ts,${folder}/*}`, { cwd: import.meta.dirname }).sort()) {
    hash.update(file).update(readFileSync(join(import.meta.dirname, file)));
  }
  return hash.digest('hex').slice(0, 16);
}
