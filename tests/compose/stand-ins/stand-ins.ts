import { createHash } from 'node:crypto';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../engine/command.ts';
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

/** Makes an image for each name that is a stand-in's, tag included. One that was made from the same files before is kept. */
export async function makeStandIns(images: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const wanted = [...new Set(images)].flatMap((image) => {
    const standIn = standIns[image.slice(0, image.lastIndexOf(':'))];
    return standIn ? [{ image, ...standIn, version: versionOf(standIn.folder) }] : [];
  });
  const made = await Promise.all(wanted.map((one) => isMade(one, env)));
  const missing = wanted.filter((_, i) => !made[i]);
  if (missing.length === 0) return;
  await importDebian(env);
  await Promise.all(missing.map((one) => make(one, env)));
}

interface WantedStandIn extends StandIn {
  readonly image: string;
  readonly version: string;
}

async function isMade({ image, version }: WantedStandIn, env: NodeJS.ProcessEnv): Promise<boolean> {
  const label = `{{index .Config.Labels "${LABEL}"}}`;
  return run('podman', ['inspect', '--type', 'image', '--format', label, image], { env }).then(
    (made) => made.trim() === version,
    () => false,
  );
}

async function make({ image, folder, fill, version }: WantedStandIn, env: NodeJS.ProcessEnv): Promise<void> {
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
