import {
  findNodeAtLocation,
  getNodeValue,
  type JSONPath,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { insertItem, type ItemStyle, type WrittenList } from './list.js';
import { applyInsertion, brokenFile, type TextFile, withLineEndingOf } from './text-file.js';

/**
 * The value of a JSON file. Comments and trailing commas are accepted where the program that owns the file accepts them:
 * everywhere but in package.json.
 */
export function readJson(file: TextFile): unknown {
  return getNodeValue(parse(file)) as unknown;
}

/** Adds a member to the object at a path, unless it has one of that name. `sorted`: among the others by name, as npm writes them. */
export function addMember(
  file: TextFile,
  path: JSONPath,
  name: string,
  value: unknown,
  { sorted = false } = {},
): string {
  const root = parse(file);
  const object = findNodeAtLocation(root, path);
  if (!object) return addMember(file, path.slice(0, -1), String(path.at(-1)), { [name]: value });
  if (object.type !== 'object') throw brokenFile(file, object.offset, `${describe(path)} is not an object`);
  const names = (object.children ?? []).map((member) => String(member.children![0]!.value));
  if (names.includes(name)) return file.text;
  const later = sorted ? names.findIndex((other) => other > name) : -1;
  const insertion = insertItem(
    file.text,
    listOf(file.text, object),
    (style) => `${JSON.stringify(name)}: ${render(file.text, value, style)}`,
    later < 0 ? undefined : later,
  );
  return applyInsertion(file.text, insertion);
}

/** Adds an element to the list at a path, unless an equal one is there. */
export function addElement(file: TextFile, path: JSONPath, value: unknown): string {
  const root = parse(file);
  const list = findNodeAtLocation(root, path);
  if (!list) return addMember(file, path.slice(0, -1), String(path.at(-1)), [value]);
  if (list.type !== 'array') throw brokenFile(file, list.offset, `${describe(path)} is not a list`);
  const wanted = JSON.stringify(value);
  if ((list.children ?? []).some((child) => JSON.stringify(getNodeValue(child)) === wanted)) return file.text;
  // An element that others write in one line, `{ "path": "apps/sms" }`, is written in one line.
  const flat = !(list.children ?? []).some((child) => textOf(file.text, child).includes('\n'));
  const insertion = insertItem(file.text, listOf(file.text, list), (style) =>
    render(file.text, value, flat ? { ...style, inline: true } : style),
  );
  return applyInsertion(file.text, insertion);
}

function parse(file: TextFile): Node {
  const errors: ParseError[] = [];
  const strict = file.path.endsWith('package.json');
  // Editors on Windows put a byte order mark in front; as a blank it leaves every offset where it is.
  const root = parseTree(file.text.replace(/^\uFEFF/, ' '), errors, {
    allowTrailingComma: !strict,
    disallowComments: strict,
  });
  const [error] = errors;
  if (error)
    throw brokenFile(file, error.offset, `is not valid JSON: ${inWords(printParseErrorCode(error.error))}`);
  if (root?.type !== 'object') throw brokenFile(file, 0, 'is not a JSON object');
  return root;
}

function listOf(text: string, node: Node): WrittenList {
  const children = node.children ?? [];
  return {
    open: node.offset + 1,
    close: node.offset + node.length - 1,
    items: children.map(({ offset, length }) => ({ start: offset, end: offset + length })),
    commas: children.flatMap(({ offset, length }) => commaAfter(text, offset + length)),
  };
}

/** The offset behind the comma that follows, remarks skipped; nothing when there is none. */
function commaAfter(text: string, offset: number): number[] {
  const [skipped] = /^(?:\s|\/\/.*|\/\*[^]*?\*\/)*/.exec(text.slice(offset))!;
  const comma = offset + skipped.length;
  return text[comma] === ',' ? [comma + 1] : [];
}

function render(text: string, value: unknown, { indent, unit, inline }: ItemStyle): string {
  if (inline) return flatten(value);
  return withLineEndingOf(text, JSON.stringify(value, null, unit).replaceAll('\n', `\n${indent}`));
}

/** As prettier writes what fits a line: `{ "path": "apps/sms" }`. */
function flatten(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flatten).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, of]) => `${JSON.stringify(name)}: ${flatten(of)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

/** `CloseBraceExpected`: close brace expected. */
const inWords = (code: string): string => code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
const textOf = (text: string, { offset, length }: Node): string => text.slice(offset, offset + length);
const describe = (path: JSONPath): string => (path.length === 0 ? 'it' : `"${path.join('.')}"`);
