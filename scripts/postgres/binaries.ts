import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { npmBinaries, npmHasPostgres } from './npm-binaries.ts';

/** The oldest PostgreSQL that the outbox is for. */
const LEAST_VERSION = 14;

/** Whoever lacks everything reads this. */
export const HOW_TO_GET_POSTGRES =
  `There is no PostgreSQL to use. One of these gives one:\n` +
  `  - a server you have: set DATABASE_URL=postgres://user:password@host:port/database; its user must be allowed to create databases\n` +
  `  - PostgreSQL ${LEAST_VERSION} or newer on this machine (Debian: apt-get install postgresql; macOS: brew install postgresql@18)\n` +
  `  - Linux with glibc or macOS, and npm: it is fetched`;

/** Whether {@link findBinaries} would find a way, without fetching anything. */
export function canFindBinaries(): boolean {
  return process.platform !== 'win32' && (systemBinaries() !== undefined || npmHasPostgres);
}

/**
 * A folder with `initdb` and `postgres`: of POSTGRES_BIN, this machine's newest, or npm's.
 * @throws Error that says how to get one
 */
export async function findBinaries(): Promise<string> {
  const system = systemBinaries();
  if (system !== undefined) return system;
  if (npmHasPostgres && process.platform !== 'win32') return npmBinaries();
  throw new Error(HOW_TO_GET_POSTGRES);
}

function systemBinaries(): string | undefined {
  const named = process.env['POSTGRES_BIN'];
  if (named === 'npm') return undefined;
  if (named) return named;
  const found = [...(process.env['PATH'] ?? '').split(delimiter), ...usualFolders()]
    .map((folder) => ({ folder, version: versionIn(folder) }))
    .filter(({ version }) => version >= LEAST_VERSION);
  return found.sort((a, b) => b.version - a.version)[0]?.folder;
}

/** Debian keeps the server's programs off PATH, one folder a version. */
function usualFolders(): readonly string[] {
  const debian = '/usr/lib/postgresql';
  return existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, 'bin')) : [];
}

function versionIn(folder: string): number {
  const program = join(folder, 'postgres');
  // Some installations bring one without the other; initdb runs the postgres beside it.
  if (!existsSync(program) || !existsSync(join(folder, 'initdb'))) return 0;
  try {
    const said = execFileSync(program, ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return Number(/(\d+)/.exec(said)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
