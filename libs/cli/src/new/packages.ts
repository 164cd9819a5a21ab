import { resolve } from 'node:path';
import { type RunProgram } from './run-program.js';
import { findCheckout, findTarballs, packCheckout, type Tarball } from './tarballs.js';

/** Packed packages that a project is to take in place of those in the registry. */
export interface Packages {
  readonly folder: string;
  readonly tarballs: readonly Tarball[];
}

/**
 * Does something with the packages a project shall use: those in the folder that was given; from a checkout, what it packs;
 * otherwise undefined, which is the registry.
 */
export async function withPackages<T>(
  {
    given,
    cwd,
    dryRun,
  }: { readonly given: string | undefined; readonly cwd: string; readonly dryRun: boolean },
  run: RunProgram,
  work: (packages: Packages | undefined) => Promise<T>,
): Promise<T> {
  if (given !== undefined) {
    const folder = resolve(cwd, given);
    return work({ folder, tarballs: findTarballs(folder) });
  }
  const checkout = findCheckout();
  // Packing takes seconds, and what is only shown needs no packages.
  if (checkout === undefined || dryRun) return work(undefined);
  const { folder, remove } = await packCheckout(checkout, run);
  try {
    return await work({ folder, tarballs: findTarballs(folder) });
  } finally {
    remove();
  }
}
