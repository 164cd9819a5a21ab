import { describe, expect, it } from 'vitest';
import { tableLines } from './table.js';
import { widthOf } from './text.js';

const columns = ['Topic', { title: 'Events', align: 'right' }, 'Group'] as const;
const rows = [
  ['user.registered', 12, 'sms'],
  ['order.placed.in.a.very.long.namespace', 3_000, null],
] as const;

describe('a table', () => {
  it('aligns its columns, figures to the right, and has a dash for what is not there', () => {
    expect(tableLines(columns, rows, Infinity)).toEqual([
      'Topic                                  Events  Group',
      'user.registered                            12  sms',
      'order.placed.in.a.very.long.namespace    3000  -',
    ]);
  });

  it.each([30, 40, 50])('fits %i columns: the widest give way', (width) => {
    const lines = tableLines(columns, rows, width);
    expect(lines).toHaveLength(3);
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width);
    expect(lines[2]).toContain('…');
  });

  it('cuts no column that somebody needs whole: where there is no room, rows are shown one under the other', () => {
    const id = 'b36d21b0b6df78b4f702d72c72dfe644';
    const letters = [{ title: 'ID', whole: true }, 'Error'] as const;
    expect(tableLines(letters, [[id, 'the gateway is away']], 45)).toEqual([
      `ID${' '.repeat(30)}  Error`,
      `${id}  the gatewa…`,
    ]);
    expect(tableLines(letters, [[id, 'the gateway is away']], 39)).toEqual([
      `ID     ${id}`,
      'Error  the gateway is away',
    ]);
  });

  it('shows its rows one under the other where too little would be left of them', () => {
    expect(tableLines(columns, rows.slice(0, 2), 12)).toEqual([
      'Topic   user.registered',
      'Events  12',
      'Group   sms',
      '',
      'Topic   order.placed.in.a.very.long.namespace',
      'Events  3000',
      'Group   -',
    ]);
  });

  it('counts wide characters as two columns and marks as none', () => {
    const lines = tableLines(
      ['Name', 'X'],
      [
        ['日本', 1],
        ['e\u0301a', 2],
        ['👩‍👩‍👧', 3],
      ],
      Infinity,
    );
    expect(lines).toEqual(['Name  X', '日本  1', 'e\u0301a    2', '👩‍👩‍👧    3']);
  });

  it('never lets what it shows command the terminal', () => {
    const [, line] = tableLines(['Key'], [['a\u001b[2Jb\nc\u202ed']], Infinity);
    expect(line).toBe('a\\u001b[2Jb\\nc\\u202ed');
  });
});
