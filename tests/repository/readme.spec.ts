import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const blocksOf = (text: string) => text.match(/^```[\s\S]*?^```$/gm) ?? [];
const headingsOf = (text: string) => text.replace(/^```[\s\S]*?^```$/gm, '').match(/^#+(?= )/gm) ?? [];

describe('README', () => {
  it('begins with two lines that are enough', () => {
    const [first = ''] = blocksOf(read('README.md'));
    const [, start = '', curl = '', ...more] = first.split('\n');
    expect(start).toBe('npm ci && npm start');
    expect(curl).toMatch(/^curl .*localhost:3000\/users .*-d '\{.*\}'$/);
    expect(more).toEqual(['```']);
  });

  it('is in step with its Chinese edition: the same sections and the same code', () => {
    const [english, chinese] = [read('README.md'), read('README.zh-CN.md')];
    expect(blocksOf(chinese)).toEqual(blocksOf(english));
    expect(headingsOf(chinese)).toEqual(headingsOf(english));
  });
});

describe.each(globSync(['*.md', 'docs/**/*.md', 'libs/*/README.md'], { cwd: root }))('%s', (page) => {
  it('links only to what is there', () => {
    const text = read(page);
    const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
    const broken = links.filter(([, path = '', anchor]) => {
      const target = path === '' ? page : join(dirname(page), path);
      return (
        !existsSync(join(root, target)) || (anchor !== undefined && !anchorsOf(read(target)).includes(anchor))
      );
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(text: string): readonly string[] {
  const titles = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title);
  return titles.map((title) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
