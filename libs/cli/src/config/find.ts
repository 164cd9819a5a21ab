import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CliError, EXIT } from '../exit.js';

const NAMES = ['tramline.config.ts', 'tramline.config.mts', 'tramline.config.js', 'tramline.config.mjs'];

/**
 * The configuration file: the one given, else the first that lies in the working directory or above it.
 * @throws CliError when the one given does not exist
 */
export function findConfig(cwd: string, given: string | undefined): string | undefined {
  if (given !== undefined) {
    const path = resolve(cwd, given);
    if (existsSync(path)) return path;
    throw new CliError(
      'TRAMLINE_CONFIG_FILE',
      `There is no configuration file ${path}. Check --config (or TRAMLINE_CONFIG).`,
      EXIT.usage,
    );
  }
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const name = NAMES.find((one) => existsSync(join(folder, one)));
    if (name !== undefined) return join(folder, name);
    if (dirname(folder) === folder) return undefined;
  }
}
