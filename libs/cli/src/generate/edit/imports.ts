import { applyInsertion, endOfLine, lineEnding, type TextFile } from './text-file.js';
import { type Token, tokenize } from './tokens.js';

/** One import statement. */
interface Import {
  readonly names: readonly string[];
  readonly specifier: string;
  readonly quote: string;
  readonly semicolon: boolean;
  readonly end: number;
}

/** Adds `import { Name } from 'specifier';` behind the other imports, in their style, unless the name is imported. */
export function addImport(file: TextFile, name: string, specifier: string): string {
  const { text } = file;
  const imports = readImports(tokenize(file));
  if (imports.some(({ names }) => names.includes(name))) return text;
  const last = imports.at(-1);
  const quote = last?.quote ?? "'";
  const line = `import { ${name} } from ${quote}${specifier}${quote}${(last?.semicolon ?? true) ? ';' : ''}`;
  const eol = lineEnding(text);
  if (last) return applyInsertion(text, { at: endOfLine(text, last.end), text: eol + line });
  const at = text.startsWith('#!') ? text.indexOf('\n') + 1 : 0;
  return applyInsertion(text, { at, text: `${line}${eol}${text.slice(at).trim() === '' ? '' : eol}` });
}

/** What a name is imported from; undefined when it is not imported. */
export function importedFrom(file: TextFile, name: string): string | undefined {
  return readImports(tokenize(file)).find(({ names }) => names.includes(name))?.specifier;
}

/** Adds `export { Name } from 'specifier';` at the end, unless something is exported from there. */
export function addReexport(file: TextFile, name: string, specifier: string): string {
  const { text } = file;
  const tokens = tokenize(file);
  const exported = tokens.some(
    (token, i) =>
      token.kind === 'string' && unquote(token.text) === specifier && tokens[i - 1]?.text === 'from',
  );
  if (exported) return text;
  const eol = lineEnding(text);
  const quote = tokens.find(({ kind }) => kind === 'string')?.text[0] ?? "'";
  const semicolon = tokens.length === 0 || tokens.some((token) => token.text === ';') ? ';' : '';
  const line = `export { ${name} } from ${quote}${specifier}${quote}${semicolon}${eol}`;
  const gap = text === '' || text.endsWith('\n') ? '' : eol;
  return applyInsertion(text, { at: text.length, text: gap + line });
}

function readImports(tokens: readonly Token[]): readonly Import[] {
  return tokens.flatMap((token, i) => {
    const next = tokens[i + 1]?.text;
    const isStatement = token.text === 'import' && token.kind === 'word' && token.depth === 0;
    if (!isStatement || next === '(' || next === '.') return [];
    const at = tokens.findIndex(({ kind }, j) => j > i && kind === 'string');
    const from = tokens[at];
    if (!from) return [];
    let last = at;
    // `with { type: 'json' }` belongs to it.
    if (tokens[last + 1]?.text === 'with') last = tokens.findIndex(({ text }, j) => j > at && text === '}');
    const semicolon = tokens[last + 1]?.text === ';';
    if (semicolon) last++;
    const names = tokens.slice(i + 1, at).filter(({ kind }) => kind === 'word');
    return [
      {
        names: names.map(({ text }) => text),
        specifier: unquote(from.text),
        quote: from.text[0]!,
        semicolon,
        end: tokens[last]!.end,
      },
    ];
  });
}

const unquote = (text: string): string => text.slice(1, -1);
