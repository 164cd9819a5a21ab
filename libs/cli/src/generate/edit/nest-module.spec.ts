import { describe, expect, it } from 'vitest';
import { addImport, addReexport } from './imports.js';
import { addToModule } from './nest-module.js';

const file = (text: string) => ({ path: 'app.module.ts', text });
const add = (text: string) => addToModule(file(text), 'providers', 'New');

describe('@Module', () => {
  it('gets a line in a list of lines', () => {
    expect(add('@Module({\n  providers: [\n    A, // first\n    B,\n  ],\n})\nclass M {}')).toBe(
      '@Module({\n  providers: [\n    A, // first\n    B,\n    New,\n  ],\n})\nclass M {}',
    );
    expect(add('@Module({\n  providers: [\n    A,\n    B\n  ]\n})\nclass M {}')).toBe(
      '@Module({\n  providers: [\n    A,\n    New,\n    B\n  ]\n})\nclass M {}',
    );
  });

  it('gets a word in a list of one line', () => {
    expect(add('@Module({ providers: [A, { provide: B, useFactory: () => [1, 2] }] })\nclass M {}')).toBe(
      '@Module({ providers: [A, { provide: B, useFactory: () => [1, 2] }, New] })\nclass M {}',
    );
    expect(add('@Module({ "providers" : [ ] })\nclass M {}')).toBe(
      '@Module({ "providers" : [New ] })\nclass M {}',
    );
  });

  it('gets the list when there is none', () => {
    expect(add('@Module({\n  imports: [X],\n})\nclass M {}')).toBe(
      '@Module({\n  imports: [X],\n  providers: [New],\n})\nclass M {}',
    );
    expect(add('@Module({})\nclass M {}')).toBe('@Module({\n  providers: [New],\n})\nclass M {}');
  });

  it('is not misled by strings, templates, remarks and regular expressions', () => {
    const text =
      'const a = `providers: [${`}${"]"}`}`; // @Module({ providers: [\nconst r = /[/"]@Module\\(/g, half = a / 2 / 1;\n/* @Module({ */\n@Module({ providers: [A] })\nclass M {}';
    expect(add(text)).toBe(text.replace('[A]', '[A, New]'));
  });

  it('stays as it is when it has the entry', () => {
    const text = '@Module({ providers: [New] })\nclass M {}';
    expect(add(text)).toBe(text);
  });

  it('gets an entry of several lines in its own indentation', () => {
    const text = '@Module({\n\timports: [\n\t\tA,\n\t],\n})\nclass M {}';
    expect(addToModule(file(text), 'imports', 'T.forRoot({\n  a: 1,\n})')).toBe(
      '@Module({\n\timports: [\n\t\tA,\n\t\tT.forRoot({\n\t\t\ta: 1,\n\t\t}),\n\t],\n})\nclass M {}',
    );
  });

  it('names the place of what it cannot edit', () => {
    expect(() => add('class M {}')).toThrow('app.module.ts:1:1 has no @Module');
    expect(() => add('@Module({\n  providers,\n})')).toThrow(
      'app.module.ts:2:3 has providers that are not a list',
    );
    expect(() => add('@Module({\n  providers: [\n})')).toThrow(
      "app.module.ts:3:1 has a '}' that closes nothing",
    );
    expect(() => add('@Module({ a: "\n})')).toThrow('app.module.ts:1:14');
  });
});

describe('an import', () => {
  const one = (text: string) => addImport(file(text), 'New', './new.js');

  it('comes behind the others, in their style', () => {
    expect(one(`import a from "a"\nimport {\n  b,\n} from "b" // of b\n\nconst c = import("c")\n`)).toBe(
      `import a from "a"\nimport {\n  b,\n} from "b" // of b\nimport { New } from "./new.js"\n\nconst c = import("c")\n`,
    );
    expect(one(`#!/usr/bin/env node\nrun();\n`)).toBe(
      `#!/usr/bin/env node\nimport { New } from './new.js';\n\nrun();\n`,
    );
  });

  it('is not doubled', () => {
    const text = `import { type Old, New as Other, New } from 'elsewhere';\n`;
    expect(one(text)).toBe(text);
  });
});

it('exports a name once', () => {
  const once = addReexport(file(`export * from './a'\n`), 'New', './new');
  expect(once).toBe(`export * from './a'\nexport { New } from './new'\n`);
  expect(addReexport(file(once), 'New', './new')).toBe(once);
});
