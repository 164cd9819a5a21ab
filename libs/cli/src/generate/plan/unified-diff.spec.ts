import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { unifiedDiff } from './unified-diff.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tramline-diff-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lines = (count: number) => Array.from({ length: count }, (_, i) => `line ${i}\n`);

it.each<[string, string | undefined, string]>([
  ['a new file', undefined, 'one\ntwo\n'],
  ['a line between', lines(20).join(''), lines(20).toSpliced(10, 0, 'new\n').join('')],
  ['the first and the last line', lines(20).join(''), ['a\n', ...lines(20), 'z\n'].join('')],
  ['lines that are replaced', 'a\nb\nc\n', 'a\nx\ny\nc\n'],
  ['no line break at the end', 'a\nb', 'a\nb\nc'],
  ['other line endings', 'a\r\nb\r\n', 'a\r\nnew\r\nb\r\n'],
  ['what was empty', '', 'a\n'],
])('git takes the patch of %s', (_, before, after) => {
  const path = join(folder, 'file.txt');
  if (before !== undefined) writeFileSync(path, before);
  const patch = unifiedDiff({ path: 'file.txt', before, after });
  execFileSync('git', ['apply', '-'], { cwd: folder, input: patch });
  expect(readFileSync(path, 'utf8')).toBe(after);
});

it('shows three lines around a change, and what is far apart apart', () => {
  const after = lines(30).toSpliced(25, 0, 'late\n').toSpliced(3, 0, 'early\n').join('');
  const patch = unifiedDiff({ path: 'f', before: lines(30).join(''), after }).split('\n');
  expect(patch.filter((line) => line.startsWith('@@'))).toEqual(['@@ -1,6 +1,7 @@', '@@ -23,6 +24,7 @@']);
  expect(patch.filter((line) => /^[+-](?![+-])/.test(line))).toEqual(['+early', '+late']);
});
