import { type Bracketed, readBracketed } from './bracketed.js';
import { insertItem, type ItemStyle } from './list.js';
import { applyInsertion, brokenFile, type TextFile, withLineEndingOf } from './text-file.js';
import { type Token, tokenize } from './tokens.js';

/** The lists of `@Module({…})` that generators add to. */
export type ModuleList = 'imports' | 'providers' | 'controllers';

/**
 * Adds an entry to a list of the first `@Module` of a file, unless one that begins with the same word is there. An entry of
 * several lines is written from the margin, two spaces a level.
 */
export function addToModule(file: TextFile, name: ModuleList, entry: string): string {
  const tokens = tokenize(file);
  const at = findModule(tokens);
  if (at === undefined)
    throw brokenFile(
      file,
      0,
      `has no @Module({…}): add ${firstWord(entry)} to the ${name} of your module by hand`,
    );
  const { text } = file;
  const metadata = readBracketed(tokens, at);
  const member = metadata.items.find(([key]) => key && unquoted(key) === name);
  if (!member) {
    const insertion = insertItem(text, metadata.list, (style) => `${name}: [${write(text, entry, style)}]`);
    return applyInsertion(text, insertion);
  }
  const list = readList(tokens, member);
  if (!list)
    throw brokenFile(
      file,
      member[0]!.start,
      `has ${name} that are not a list: add ${firstWord(entry)} by hand`,
    );
  if (list.items.some(([first]) => first?.text === firstWord(entry))) return text;
  return applyInsertion(
    text,
    insertItem(text, list.list, (style) => write(text, entry, style)),
  );
}

/** The index of the brace that opens what the decorator is given. */
function findModule(tokens: readonly Token[]): number | undefined {
  const at = tokens.findIndex(
    ({ text }, i) =>
      text === '@' &&
      tokens[i + 1]?.text === 'Module' &&
      tokens[i + 2]?.text === '(' &&
      tokens[i + 3]?.text === '{',
  );
  return at < 0 ? undefined : at + 3;
}

function readList(tokens: readonly Token[], [, colon, bracket]: readonly Token[]): Bracketed | undefined {
  if (colon?.text !== ':' || bracket?.text !== '[') return undefined;
  return readBracketed(tokens, tokens.indexOf(bracket));
}

function write(text: string, entry: string, { indent, unit }: ItemStyle): string {
  const lines = entry.split('\n').map((line, i) => {
    const levels = /^ */.exec(line)![0].length / 2;
    return i === 0 ? line : indent + unit.repeat(levels) + line.trimStart();
  });
  return withLineEndingOf(text, lines.join('\n'));
}

const firstWord = (entry: string): string => /^[\w$]+/.exec(entry)![0];
const unquoted = ({ text }: Token): string => text.replace(/^['"]|['"]$/g, '');
