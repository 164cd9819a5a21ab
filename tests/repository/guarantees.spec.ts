import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const page = 'docs/guarantees.md';
const [promises = '', holders = ''] = readFileSync(join(root, page), 'utf8').split('## What holds it');

describe('the page of promises', () => {
  it('names tests, cases and rules that exist', () => {
    const named = [...holders.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)];
    expect(named.length).toBeGreaterThan(30);
    const missing = named.filter(([, name = '', path = '']) => {
      const text = readFileSync(join(root, dirname(page), path), 'utf8');
      // Rules of the simulation are written as code.
      const wanted = path.includes('/simulate/') ? `'${name.replaceAll('`', '')}'` : name;
      return !text.includes(wanted);
    });
    expect(missing.map(([link]) => link)).toEqual([]);
  });

  it('says of every promise that can be used now what holds it', () => {
    const rows = promises.split('\n').filter((line) => line.startsWith('| '));
    const usable = rows
      .map((row) => row.split(' | ').map((cell) => cell.replace(/^\| |\|$/g, '').trim()))
      .filter(([, , , , now = '']) => /yes/.test(now))
      .map(([name = '']) => name.replace(' (the default)', ''));
    expect(usable.length).toBeGreaterThan(5);
    expect(usable.filter((name) => !holders.includes(`**${name}**`))).toEqual([]);
  });
});
