import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An app of this workspace, as its package.json describes it under `start`. */
export interface App {
  /** The name of its folder. */
  readonly name: string;
  /** Its port, counted from the first one. */
  readonly position: number;
  /** What it does, in a few words. */
  readonly about: string;
  /** Title and path under which the page of the sample may watch it; both, or it is not watched. */
  readonly title?: string;
  readonly watch?: string;
  /** The path worth opening, shown in the table. */
  readonly open?: string;
  /** The compiled file to run. */
  readonly entry: string;
}

/** An app and where it listens this time. */
export interface Service extends App {
  readonly port: number;
  readonly url: string;
}

const HOST = '127.0.0.1';

/**
 * Every app in `apps/` that says how it is started, in the order of their ports. A new app joins by being there: no
 * list is kept anywhere.
 */
export function findApps(root: string): App[] {
  const folder = join(root, 'apps');
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'package.json')))
    .flatMap((name) => {
      const manifest = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as {
        start?: Omit<App, 'name' | 'entry'>;
      };
      return manifest.start
        ? [{ ...manifest.start, name, entry: join(folder, name, 'dist', 'main.js') }]
        : [];
    })
    .sort((a, b) => a.position - b.position);
}

export function placeApps(apps: readonly App[], firstPort: number): Service[] {
  return apps.map((app) => {
    const port = firstPort + app.position;
    return { ...app, port, url: `http://${HOST}:${port}` };
  });
}

/** The environment of a service: where it listens, where it keeps things, and what its page may watch. */
export function environmentOf(service: Service, all: readonly Service[], data: string): NodeJS.ProcessEnv {
  const watched = all
    .filter(({ title, watch }) => title !== undefined && watch !== undefined)
    .map(({ title, url, watch }) => ({ title, url: `${url}${watch}` }));
  return { HOST, PORT: String(service.port), TRAMLINE_DATA: data, SERVICES: JSON.stringify(watched) };
}
