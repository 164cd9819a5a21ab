import { accessSync, constants, existsSync, mkdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FailureError } from '../wire/failure.js';
import { readOnlyMessage } from './sqlite-error.js';

/** Kinds of file systems, by the number that Linux gives them, whose locks and shared memory end at the machine. */
const NETWORK_FILE_SYSTEMS = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0x65735546, 'FUSE'],
  [0x01021997, '9p'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x00c36400, 'Ceph'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x0bd00bd0, 'Lustre'],
  [0x19830326, 'BeeGFS'],
  [0x786f4256, 'a VirtualBox shared folder'],
  [0xbacbacbc, 'a VMware shared folder'],
  [0x7c7c6673, 'a Parallels shared folder'],
]);

/** The name of the network file system with this number, or undefined when it is none that is known. */
export function networkFileSystem(type: number): string | undefined {
  return NETWORK_FILE_SYSTEMS.get(type >>> 0);
}

/**
 * Makes the directory and proves that a log can live there. Only Linux tells the kind of a file system in a stable way;
 * elsewhere only a UNC path is recognised.
 * @throws FailureError TRAMLINE_STORAGE
 */
export function prepareDirectory(
  directory: string,
  allowNetworkFileSystem: boolean,
  typeOf = (path: string): number => statfsSync(path).type,
): void {
  if (existsSync(directory) && !statSync(directory).isDirectory()) {
    throw new FailureError(
      'TRAMLINE_STORAGE',
      `${directory} is a file, not a directory. Name a directory for the log; it is made when it is missing.`,
    );
  }
  try {
    mkdirSync(directory, { recursive: true });
    for (const path of [
      directory,
      ...LOG_FILES.map((name) => join(directory, name)).filter((path) => existsSync(path)),
    ]) {
      accessSync(path, constants.R_OK | constants.W_OK);
    }
  } catch (error) {
    throw unusable(directory, error);
  }
  const network = detectNetwork(directory, typeOf);
  if (network && !allowNetworkFileSystem) {
    throw new FailureError(
      'TRAMLINE_STORAGE',
      `${directory} lies on a network file system (${network}), where SQLite's locks do not hold and events get lost. ` +
        'Name a directory on a local disk, or set allowNetworkFileSystem: true when only one machine ever uses it.',
    );
  }
}

const LOG_FILES = ['tramline.db', 'tramline.db-wal', 'tramline.db-shm', 'tramline.acked'];

function detectNetwork(directory: string, typeOf: (path: string) => number): string | undefined {
  if (process.platform === 'linux') return networkFileSystem(typeOf(directory));
  return /^[\\/]{2}[^\\/?.]/.test(directory) ? 'a network share' : undefined;
}

function unusable(directory: string, error: unknown): FailureError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new FailureError(
      'TRAMLINE_STORAGE',
      `The disk of ${directory} is full. Free some space: the log goes on without a restart.`,
      { full: true, cause: error },
    );
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new FailureError('TRAMLINE_STORAGE', readOnlyMessage(directory), { cause: error });
  }
  return new FailureError(
    'TRAMLINE_STORAGE',
    `The directory ${directory} cannot be used: ${String(error)}. Name another one.`,
    { cause: error },
  );
}
