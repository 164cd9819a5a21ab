import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Checker, type Fault } from './checker.ts';
import { lineAt } from './sources.ts';

/**
 * Docs are code that ran: a fenced block whose info string names a file, and a region of it where that is meant,
 *
 *     ```ts file=docs/snippets/greeter.ts region=handler
 *
 * holds exactly what lies there. A region stands between `// #region handler` and `// #endregion` and is shown without
 * its indentation. `npm run check -- --update` writes the blocks anew. That the file runs is for a spec to show.
 */
export const snippets: Checker = {
  name: 'snippets',
  async run({ root, update }) {
    return globSync(['*.md', 'docs/**/*.md', 'libs/*/README.md'], { cwd: root }).flatMap((page) => {
      const text = readFileSync(join(root, page), 'utf8');
      const { faults, updated } = includeSnippets(page, text, (file) => readIfThere(join(root, file)));
      if (update && updated !== text) writeFileSync(join(root, page), updated);
      return update ? faults.filter(({ message }) => !message.startsWith(differs)) : faults;
    });
  },
};

const differs = 'the block differs from';
const block = /^([ \t]*)```\w+ file=(\S+)(?: region=(\S+))?\n([\s\S]*?)^\1```$/gm;

/** A page with its blocks as the files have them, and what was wrong before. */
export function includeSnippets(
  page: string,
  text: string,
  read: (file: string) => string | undefined,
): { readonly faults: readonly Fault[]; readonly updated: string } {
  const faults: Fault[] = [];
  const updated = text.replace(
    block,
    (whole, indent: string, file: string, region: string | undefined, old: string, at: number) => {
      const code = extract(read(file), region);
      if (code === undefined) {
        const where = region === undefined ? file : `region ${region} in ${file}`;
        faults.push({ file: page, line: lineAt(text, at), message: `there is no ${where}` });
        return whole;
      }
      const body = code.replace(/^(?=.)/gm, indent);
      if (body === old) return whole;
      faults.push({
        file: page,
        line: lineAt(text, at),
        message: `${differs} ${file}; run npm run check -- --update`,
      });
      return whole.replace(`\n${old}`, () => `\n${body}`);
    },
  );
  return { faults, updated };
}

function extract(text: string | undefined, region: string | undefined): string | undefined {
  if (text === undefined || region === undefined) return text && withoutMarks(text);
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.trim() === `// #region ${region}`);
  if (start < 0) return undefined;
  const margin = /^\s*/.exec(lines[start] ?? '')?.[0].length ?? 0;
  const length = lines
    .slice(start)
    .findIndex((line) => /^\s*\/\/ #endregion/.test(line) && line.search(/\S/) === margin);
  if (length < 0) return undefined;
  return withoutMarks(
    lines
      .slice(start + 1, start + length)
      .map((line) => `${line.slice(margin)}\n`)
      .join(''),
  );
}

const withoutMarks = (text: string): string => text.replace(/^\s*\/\/ #(end)?region.*\n/gm, '');

const readIfThere = (path: string): string | undefined =>
  existsSync(path) ? readFileSync(path, 'utf8') : undefined;
