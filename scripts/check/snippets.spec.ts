import { describe, expect, it } from 'vitest';
import { includeSnippets } from './snippets.ts';

const file = `import { x } from 'x';

class A {
  // #region handler
  @OnEvent(x)
  handle() {
    return '$&';
  }
  // #endregion
}
`;
const include = (text: string) =>
  includeSnippets('README.md', text, (path) => (path === 'docs/a.ts' ? file : undefined));
const page = (info: string, body: string) => `# Title\n\n\`\`\`ts ${info}\n${body}\`\`\`\n\nmore\n`;
const handler = `@OnEvent(x)\nhandle() {\n  return '$&';\n}\n`;

describe('snippets', () => {
  it('accepts a block that is its region', () => {
    const text = page('file=docs/a.ts region=handler', handler);
    expect(include(text)).toEqual({ faults: [], updated: text });
  });

  it('accepts a block that is its whole file, without the marks of regions', () => {
    const whole = file.replace(/^ *\/\/ #.*\n/gm, '');
    expect(include(page('file=docs/a.ts', whole)).faults).toEqual([]);
  });

  it('names a block that differs, and writes it anew', () => {
    const { faults, updated } = include(page('file=docs/a.ts region=handler', 'old();\n'));
    expect(faults).toEqual([
      { file: 'README.md', line: 3, message: expect.stringContaining('differs from docs/a.ts') },
    ]);
    expect(updated).toBe(page('file=docs/a.ts region=handler', handler));
  });

  it.each(['file=docs/gone.ts', 'file=docs/a.ts region=gone'])('names %s, which is not there', (info) => {
    const { faults } = include(page(info, 'old();\n'));
    expect(faults).toEqual([expect.objectContaining({ message: expect.stringContaining('there is no') })]);
  });

  it('leaves other blocks alone', () => {
    const text = '```sh\nnpm ci\n```\n\n```ts\nanything();\n```\n';
    expect(include(text)).toEqual({ faults: [], updated: text });
  });

  it('keeps the indentation of a block in a list', () => {
    const { updated } = include('1. Write\n\n   ```ts file=docs/a.ts region=handler\n   old();\n   ```\n');
    expect(updated).toContain(`   @OnEvent(x)\n   handle() {\n     return '$&';\n   }\n   \`\`\``);
  });
});
