import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../spec-support/run-cli.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tramline-init-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
const read = (path: string) => readFileSync(join(folder, path), 'utf8');
const init = (...args: string[]) =>
  runCli(['init', '--no-install', '--packages', join(folder, '.tarballs'), ...args], {
    cwd: folder,
    variables: { PATH: process.env['PATH']! },
  });

const MAIN = `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(process.env.PORT ?? 3000);
}
bootstrap();
`;
const MODULE = `import { Module } from '@nestjs/common';
import { AppService } from './app.service';

@Module({
  imports: [],
  providers: [AppService],
})
export class AppModule {}
`;
const TARBALLS = Object.fromEntries(
  ['core', 'nest', 'kafka', 'embedded', 'outbox', 'testing', 'cli'].map((name) => [
    `.tarballs/tramline-${name}-0.1.0.tgz`,
    name,
  ]),
);
const STANDARD = {
  'nest-cli.json': '{ "sourceRoot": "src" }\n',
  'package.json':
    '{\n  "name": "@acme/texts",\n  "scripts": {\n    "test": "jest",\n    "test:e2e": "jest --config x.json"\n  },\n  "dependencies": {\n    "@nestjs/core": "^11.0.1",\n    "rxjs": "^7.8.1"\n  },\n  "devDependencies": {\n    "jest": "^30.0.0"\n  }\n}\n',
  'tsconfig.json': '{ "compilerOptions": { "module": "nodenext" } }',
  '.gitignore': '/dist',
  'src/main.ts': MAIN,
  'src/app.module.ts': MODULE,
};

describe('tramline init', () => {
  beforeEach(() => write(TARBALLS));

  it('adds the module, its packages and shutdown hooks to a standard project', async () => {
    write(STANDARD);
    expect(await init()).toMatchObject({ exit: 0 });
    expect(read('src/app.module.ts')).toBe(`import { Module } from '@nestjs/common';
import { AppService } from './app.service';
import { embedded } from '@tramline/embedded';
import { TramlineModule } from '@tramline/nest';

@Module({
  imports: [
    TramlineModule.forRoot({
      service: 'texts',
      transport: embedded({ directory: '.tramline/log' }),
    }),
  ],
  providers: [AppService],
})
export class AppModule {}
`);
    expect(read('src/main.ts')).toBe(
      MAIN.replace('create(AppModule);', 'create(AppModule);\n  app.enableShutdownHooks();'),
    );
    expect(JSON.parse(read('package.json'))).toMatchObject({
      scripts: {
        test: 'node --experimental-vm-modules node_modules/jest/bin/jest.js',
        'test:e2e': 'node --experimental-vm-modules node_modules/jest/bin/jest.js --config x.json',
      },
      dependencies: {
        '@nestjs/microservices': '^11.0.0',
        '@tramline/core': 'file:vendor/tramline-core-0.1.0.tgz',
        '@tramline/nest': 'file:vendor/tramline-nest-0.1.0.tgz',
      },
      devDependencies: { '@tramline/testing': 'file:vendor/tramline-testing-0.1.0.tgz' },
    });
    expect(read('.gitignore')).toBe('/dist\n.tramline/\n');
    expect(read('vendor/tramline-nest-0.1.0.tgz')).toBe('nest');
  });

  it('changes nothing on a second run', async () => {
    write(STANDARD);
    await init();
    const once = Object.keys(STANDARD).map(read);
    expect(await init()).toMatchObject({ exit: 0, stdout: 'Nothing to change.\n' });
    expect(Object.keys(STANDARD).map(read)).toEqual(once);
  });

  it('takes the project of a monorepo that is named, that one is in, or that Nest itself takes', async () => {
    const project = (name: string) => ({
      type: 'application',
      root: `apps/${name}`,
      sourceRoot: `apps/${name}/src`,
    });
    const files = {
      ...STANDARD,
      'nest-cli.json': JSON.stringify({
        root: 'apps/b',
        projects: { a: project('a'), b: project('b'), c: project('c'), d: project('d') },
      }),
    };
    write(files);
    for (const name of ['a', 'b', 'c', 'd'])
      write({ [`apps/${name}/src/main.ts`]: MAIN, [`apps/${name}/src/app.module.ts`]: MODULE });
    const hasBus = () =>
      ['a', 'b', 'c', 'd'].filter((name) =>
        read(`apps/${name}/src/app.module.ts`).includes(`service: '${name}'`),
      );
    await init();
    expect(hasBus()).toEqual(['b']);
    await init('--project', 'a', '--transport', 'kafka');
    expect(read('apps/a/src/app.module.ts')).toContain("import { kafka } from '@tramline/kafka';");
    await init('--source-root', 'apps/c/src');
    expect(hasBus()).toEqual(['a', 'b', 'c']);
    await runCli(['init', '--no-install', '--packages', join(folder, '.tarballs')], {
      cwd: join(folder, 'apps/d/src'),
    });
    expect(hasBus()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('says what only the author can change', async () => {
    write({
      ...STANDARD,
      'tsconfig.json': '{ "compilerOptions": { "module": "commonjs" } }',
      'src/main.ts': `import { NestFactory } from '@nestjs/core';\nimport { AppModule } from './app.module';\nNestFactory.create(AppModule).then((app) => app.listen(3000));\n`,
    });
    const { exit, stderr } = await init();
    expect(exit).toBe(0);
    expect(stderr).toContain('tsconfig.json resolves modules as Node 10 did');
    expect(stderr).toContain('src/main.ts: call app.enableShutdownHooks()');
  });

  it('shows with --dry-run what it would change, and changes nothing', async () => {
    write(STANDARD);
    const { stdout } = await init('--dry-run');
    expect(stdout).toContain('+    TramlineModule.forRoot({');
    expect(Object.keys(STANDARD).map(read)).toEqual(Object.values(STANDARD));
  });

  it.each([
    ['src/app.module.ts', '@Module({\n  imports: [\n})\nclass AppModule {}', 'src/app.module.ts:3:1'],
    ['package.json', '{ "name": "x",, }', 'package.json:1:15'],
  ])('names the place in a broken %s, and touches nothing', async (path, text, place) => {
    const files = { ...STANDARD, [path]: text };
    write(files);
    const { exit, stderr } = await init();
    expect(exit).toBe(4);
    expect(stderr).toContain(place);
    expect(Object.keys(files).map(read)).toEqual(Object.values(files));
  });

  it('refuses a folder without a Nest application', async () => {
    expect(await init()).toMatchObject({ exit: 4 });
  });
});
