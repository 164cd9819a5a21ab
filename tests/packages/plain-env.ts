import { delimiter } from 'node:path';

/** An environment without this workspace's binaries on PATH, so that the machine's own Node runs npm; `first` comes before it. */
export function plainEnv(...first: readonly string[]): NodeJS.ProcessEnv {
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((entry) => !entry.includes('node_modules'));
  // What npm tells its scripts would reach the npm of another project.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST|NODE_ENV)/i.test(name)),
  );
  return { ...env, npm_config_prefer_offline: 'true', PATH: [...first, ...path].join(delimiter) };
}
