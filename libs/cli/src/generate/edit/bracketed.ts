import { type WrittenList } from './list.js';
import { type Token } from './tokens.js';

/** An item of a list as tokens. */
export type Item = readonly Token[];

/** What stands between a bracket and the one that closes it. */
export interface Bracketed {
  readonly list: WrittenList;
  readonly items: readonly Item[];
  /** The index of the closing bracket among the tokens. */
  readonly closing: number;
}

/** Reads the list that begins with the bracket at an index. */
export function readBracketed(tokens: readonly Token[], opening: number): Bracketed {
  const { depth, end: open } = tokens[opening]!;
  const items: Token[][] = [[]];
  const commas: number[] = [];
  let closing = opening + 1;
  for (; !(tokens[closing]!.depth === depth && /^[)\]}]$/.test(tokens[closing]!.text)); closing++) {
    const token = tokens[closing]!;
    if (token.text === ',' && token.depth === depth + 1) {
      commas.push(token.end);
      items.push([]);
    } else items.at(-1)!.push(token);
  }
  const written = items.filter((item) => item.length > 0);
  return {
    closing,
    items: written,
    list: {
      open,
      close: tokens[closing]!.start,
      commas,
      mayTrail: true,
      items: written.map((item) => ({ start: item[0]!.start, end: item.at(-1)!.end })),
    },
  };
}
