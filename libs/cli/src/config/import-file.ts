import { readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CliError, EXIT } from '../exit.js';

/**
 * Imports a configuration file, in JavaScript or TypeScript. Node strips types by itself from 22.18 on; older ones, and files
 * with decorators or enums, are translated with the TypeScript of the project.
 * @throws CliError that names the file
 */
export async function importFile(path: string): Promise<unknown> {
  try {
    return defaultOf(await import(pathToFileURL(path).href));
  } catch (cause) {
    if (!/\.m?ts$/.test(path) || !needsTranslation(cause)) throw unusable(path, cause);
  }
  return translated(path);
}

/** A module's default export, also of one that was CommonJS when it was written. */
export function defaultOf(module: unknown): unknown {
  const first = (module as { default?: unknown }).default;
  const isWrapped = typeof first === 'object' && first !== null && '__esModule' in first;
  return isWrapped ? (first as { default?: unknown }).default : first;
}

function needsTranslation(error: unknown): boolean {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return (
    code === 'ERR_UNKNOWN_FILE_EXTENSION' ||
    code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX' ||
    name === 'SyntaxError'
  );
}

async function translated(path: string): Promise<unknown> {
  const ts = await typescriptOf(path);
  const { outputText } = ts.transpileModule(await readFile(path, 'utf8'), {
    fileName: path,
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
  });
  // Beside the file, so that its imports lead where they did.
  const file = join(dirname(path), `.${basename(path)}.${process.pid}.mjs`);
  await writeFile(file, outputText);
  try {
    return defaultOf(await import(pathToFileURL(file).href));
  } catch (cause) {
    throw unusable(path, cause);
  } finally {
    await rm(file, { force: true });
  }
}

/** What we need of the package `typescript`, whichever version the project has. */
interface TypeScript {
  readonly ModuleKind: { readonly ESNext: number };
  readonly ScriptTarget: { readonly ES2022: number };
  transpileModule(
    text: string,
    options: { readonly fileName: string; readonly compilerOptions: Readonly<Record<string, unknown>> },
  ): { readonly outputText: string };
}

async function typescriptOf(path: string): Promise<TypeScript> {
  try {
    const found = createRequire(path).resolve('typescript');
    const module = (await import(pathToFileURL(found).href)) as { default: TypeScript };
    return module.default;
  } catch (cause) {
    throw new CliError(
      'TRAMLINE_CONFIG_FILE',
      `${path} is TypeScript that Node ${process.versions.node} cannot run by itself. Install typescript in the project, use Node 22.18 or newer, or write tramline.config.mjs.`,
      EXIT.usage,
      { cause },
    );
  }
}

function unusable(path: string, cause: unknown): CliError {
  const said = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new CliError('TRAMLINE_CONFIG_FILE', `${path} cannot be loaded: ${said}`, EXIT.usage, { cause });
}
