import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publicApi } from './public-api.ts';

let root: string;
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const report = () => readFileSync(join(root, 'libs/x/api/index.api.md'), 'utf8');
const check = (update = false) => publicApi.run({ root, update });

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'tramline-api-'));
  write(
    'libs/x/package.json',
    `{ "name": "@tramline/x", "exports": { ".": { "types": "./dist/index.d.ts" } } }`,
  );
  write('libs/x/dist/index.d.ts', `export { Bus } from './bus.js';\nexport declare const size: number;\n`);
  write(
    'libs/x/dist/bus.d.ts',
    `import { type Hidden } from './hidden.js';
/** Sends. */
export declare class Bus {
  private secret;
  #more;
  constructor(options: Hidden);
  send(text: string): Promise<void>;
}
export declare class Internal {}
`,
  );
  write(
    'libs/x/dist/hidden.d.ts',
    `export interface Hidden { readonly wait: Wait }\nexport type Wait = number;\n`,
  );
  await check(true);
});
afterEach(() => rmSync(root, { recursive: true }));

describe('public API report', () => {
  it('holds what is exported and what that mentions, sorted, without comments, privates and internals', () => {
    expect(report()).toBe(`# Public API of @tramline/x

Written by \`npm run check -- --update\`.

\`\`\`ts
export declare class Bus {
    constructor(options: Hidden);
    send(text: string): Promise<void>;
}

export declare const size: number;

// Mentioned above, but not exported by this entry point:

export interface Hidden {
    readonly wait: Wait;
}

export type Wait = number;
\`\`\`
`);
  });

  it('passes while nothing public changes', async () => {
    write(
      'libs/x/dist/bus.d.ts',
      readFileSync(join(root, 'libs/x/dist/bus.d.ts'), 'utf8').replace('secret', 'other'),
    );
    expect(await check()).toEqual([]);
  });

  it('names a change, and writes it when asked', async () => {
    write(
      'libs/x/dist/bus.d.ts',
      `export declare class Bus {\n  send(text: string, key: string): Promise<void>;\n}\n`,
    );
    const [fault, ...more] = await check();
    expect(more).toEqual([]);
    expect(fault?.file).toBe('libs/x/api/index.api.md');
    expect(fault?.message).toContain('-     send(text: string): Promise<void>;');
    expect(fault?.message).toContain('+     send(text: string, key: string): Promise<void>;');

    expect(await check(true)).toEqual([]);
    expect(await check()).toEqual([]);
    expect(report()).toContain('key: string');
  });

  it('names a report that belongs to no entry point, and a package that is not built', async () => {
    write('libs/x/api/gone.api.md', '');
    rmSync(join(root, 'libs/x/dist'), { recursive: true });
    expect(await check()).toEqual([
      expect.objectContaining({ message: expect.stringContaining('is not built') }),
      expect.objectContaining({ file: 'libs/x/api/gone.api.md' }),
    ]);
  });
});
