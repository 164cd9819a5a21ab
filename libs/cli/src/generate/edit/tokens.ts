import { brokenFile, type TextFile } from './text-file.js';

/** A piece of TypeScript that means something: no white space, no remark. */
export interface Token {
  readonly kind: 'word' | 'string' | 'other' | 'punctuation';
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** How many brackets are open around it; an opening and its closing bracket have the same depth. */
  readonly depth: number;
}

const WHITE = /(?:\s|\/\/.*|\/\*[^]*?\*\/)+/y;
const WORD = /[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*/uy;
const STRING = /'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*"/y;
const NUMBER = /(?:\d|\.\d)[\w.]*/y;
const REGEX = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y;
const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
/** After these a slash divides; after anything else it begins a regular expression. */
const ENDS_VALUE = /^(?:[\])}]|this|super)$/;
const WORDS_BEFORE_REGEX = /^(?:return|typeof|case|in|of|delete|void|throw|new|do|else|yield|await)$/;

/**
 * Splits TypeScript into tokens, as far as finding a decorator, an import or a list needs it. A parser would be a hundred
 * times the size of this command, and the project's own compiler need not be installed yet.
 */
export function tokenize(file: TextFile): readonly Token[] {
  const { text } = file;
  const tokens: Token[] = [];
  const open: { readonly bracket: string; readonly at: number }[] = [];
  let at = text.startsWith('#!') ? text.indexOf('\n') : 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const add = (kind: Token['kind'], length: number, depth = open.length) => {
    tokens.push({ kind, text: text.slice(at, at + length), start: at, end: at + length, depth });
    at += length;
  };
  while (at < text.length) {
    const white = match(WHITE);
    if (white) {
      at += white.length;
      continue;
    }
    const found = match(WORD) ?? match(STRING) ?? match(NUMBER);
    if (found !== undefined) {
      add(/^['"]/.test(found) ? 'string' : /^[\d.]/.test(found) ? 'other' : 'word', found.length);
      continue;
    }
    const char = text[at]!;
    if (char === '`') add('other', templateLength(file, at));
    else if (char === '/' && beginsRegex(tokens.at(-1)) && match(REGEX)) add('other', match(REGEX)!.length);
    else if ('([{'.includes(char)) {
      open.push({ bracket: char, at });
      add('punctuation', 1, open.length - 1);
    } else if (')]}'.includes(char)) {
      if (open.pop()?.bracket !== PAIRS[char])
        throw brokenFile(file, at, `has a '${char}' that closes nothing`);
      add('punctuation', 1);
    } else if (`'"`.includes(char)) throw brokenFile(file, at, 'has a string that does not end');
    else add('punctuation', 1);
  }
  const left = open.at(-1);
  if (left) throw brokenFile(file, left.at, `has a '${left.bracket}' that is not closed`);
  return tokens;
}

function beginsRegex(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === 'word') return WORDS_BEFORE_REGEX.test(before.text);
  return before.kind === 'punctuation' && !ENDS_VALUE.test(before.text);
}

/** The length of a template literal, whatever is nested in its `${…}`. */
function templateLength(file: TextFile, start: number): number {
  const { text } = file;
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '`') return at + 1 - start;
    else if (text.startsWith('${', at)) at = endOfPlaceholder(file, at + 2);
  }
  throw brokenFile(file, start, 'has a template that does not end');
}

function endOfPlaceholder(file: TextFile, start: number): number {
  const { text } = file;
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text[at]!;
    if (char === '`') at += templateLength(file, at) - 1;
    else if (char === "'" || char === '"') {
      STRING.lastIndex = at;
      at += (STRING.exec(text)?.[0].length ?? 1) - 1;
    } else if (char === '{') depth++;
    else if (char === '}' && depth-- === 0) return at;
  }
  throw brokenFile(file, start, 'has a template that does not end');
}
