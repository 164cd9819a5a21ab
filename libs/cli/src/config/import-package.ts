import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CliError, EXIT } from '../exit.js';

/**
 * Imports a package by name as the user's project has it, so that it shares its classes with the project's own code; else the
 * one beside this package. Undefined when neither is there. Never a static import: a transport that is not used need not be
 * installed.
 */
export async function importPackage(name: string, folder: string): Promise<unknown> {
  for (const from of [join(folder, 'package.json'), import.meta.filename]) {
    const file = resolved(name, from);
    if (file !== undefined) return import(pathToFileURL(file).href);
  }
  return undefined;
}

/** @throws CliError that names the package to install */
export async function requirePackage(name: string, folder: string, why: string): Promise<unknown> {
  const module = await importPackage(name, folder);
  if (module !== undefined) return module;
  throw new CliError(
    'TRAMLINE_MISSING_PACKAGE',
    `${why} needs the package ${name}, which is not installed in ${folder}. Run: npm install ${name}`,
    EXIT.usage,
  );
}

function resolved(name: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(name);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
