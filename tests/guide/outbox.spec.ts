import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const codesIn = (text: string) => new Set(text.match(/TRAMLINE_[A-Z_]+/g) ?? []);

it('the page on the outbox says what to do about every error of its own', () => {
  const [, section = ''] = read('docs/guide/outbox.md').split('## When something is wrong');
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  const known = codesIn(rows.map((row) => row.split('|')[1]).join('\n'));
  const own = codesIn(read('libs/core/src/outbox/outbox-error.ts'));
  for (const path of globSync('libs/outbox/src/*/*-error.ts', { cwd: root }))
    for (const code of codesIn(read(path).match(/readonly code = '(\w+)'/)?.[0] ?? '')) own.add(code);
  expect(own.size).toBeGreaterThan(5);
  expect([...own].filter((code) => !known.has(code))).toEqual([]);
});
