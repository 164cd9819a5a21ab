import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Project } from './project.ts';

/** As much of a service of a compose file as is read here. */
export interface ComposeService {
  /** Undefined for one that is built and bears no name. */
  readonly image?: string;
  readonly build?: ImageBuild;
  readonly depends_on?: Readonly<Record<string, unknown>>;
}

interface ImageBuild {
  /** The folder of its Dockerfile, relative to the compose file. */
  readonly context: string;
  readonly args?: Readonly<Record<string, string>>;
}

/** The services of all its files together, read by the YAML reader that podman-compose brings along. */
export function readServices({ folder, files }: Project): Readonly<Record<string, ComposeService>> {
  const program =
    'import json, sys, yaml; json.dump([yaml.safe_load(open(f))["services"] for f in sys.argv[1:]], sys.stdout)';
  const json = execFileSync('python3', ['-c', program, ...files], { cwd: folder, encoding: 'utf8' });
  const services: Record<string, ComposeService> = {};
  for (const part of JSON.parse(json) as Record<string, WrittenService>[]) {
    for (const [name, { build, ...service }] of Object.entries(part)) {
      const read = typeof build === 'string' ? { context: build } : build;
      services[name] = { ...services[name], ...service, ...(read && { build: read }) };
    }
  }
  return services;
}

/** `build: .` says no more than the folder. */
interface WrittenService extends Omit<ComposeService, 'build'> {
  readonly build?: ImageBuild | string;
}

/** What its Dockerfiles begin with, as `FROM` has it. */
export function baseImages(folder: string, services: Iterable<ComposeService>): readonly string[] {
  const contexts = new Set([...services].flatMap(({ build }) => build?.context ?? []));
  return [...contexts].flatMap((context) => {
    const text = readFileSync(join(folder, context, 'Dockerfile'), 'utf8');
    return [...text.matchAll(/^FROM (\S+:\S+)/gm)].map(([, image]) => image!);
  });
}
