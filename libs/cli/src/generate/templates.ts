import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What `__name__` in a template stands for. */
export type Values = Readonly<Record<string, string>>;

/** A file made from a template; its path is relative to where the template is put. */
export interface RenderedFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The templates lie beside the code, as files that look like what they make. Their names end in `.template`, so that npm
 * packs those it would leave out (`.gitignore`) and no tool takes them for code.
 */
const TEMPLATES = fileURLToPath(new URL('../../templates/', import.meta.url));
const ENDING = '.template';

/** Every file of a template folder, names and contents filled in. */
export function renderTemplates(folder: string, values: Values): readonly RenderedFile[] {
  const root = join(TEMPLATES, folder);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ENDING))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({
      path: fill(relative(root, path).slice(0, -ENDING.length).split(sep).join('/'), values),
      text: fill(readFileSync(path, 'utf8'), values),
    }));
}

/** One template that is a part of a file. */
export function renderTemplate(path: string, values: Values): string {
  return fill(readFileSync(join(TEMPLATES, `${path}${ENDING}`), 'utf8'), values);
}

function fill(text: string, values: Values): string {
  return text.replace(/__([a-z][A-Za-z]*)__/g, (placeholder, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`The template's ${placeholder} has no value`);
    return value;
  });
}
