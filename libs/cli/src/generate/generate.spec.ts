import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../spec-support/run-cli.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tramline-generate-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A workspace in which every file has remarks and an indentation of its own. */
const ODD: Readonly<Record<string, string>> = {
  'package.json':
    '{ "name":"odd",\n\t"private": true,\n\n\t"workspaces": ["apps/*","libs/*"], "devDependencies": { "vitest": "^5.0.0" }\n}',
  'nest-cli.json':
    '// our projects\n{\n   "monorepo" : true, // yes\n\n   "projects": {\n      /* the texts */\n      "sms": { "type": "application", "root": "apps/sms", "sourceRoot": "apps/sms/src" }, // since 2024\n\n      // shared\n      "contracts" : {\n         "type":"library", "root":"libs/contracts", "sourceRoot":"libs/contracts/src"\n      }\n   }\n}\n',
  'tsconfig.json':
    '{\r\n\t/* built by tsc -b */\r\n\t"files": [],\r\n\t"references": [\r\n\t\t{ "path": "apps/sms" },\r\n\t\t// last\r\n\t\t{ "path": "libs/contracts" },\r\n\t],\r\n}\r\n',
  'docker-compose.yml':
    '# the whole\nservices:\n    kafka: # one broker\n        image:   "apache/kafka:4.1.1"\n\n    sms:   # texts\n        build: .\n        ports: [ "3005:3000" ]\n\n# at the end\nvolumes:\n    data: {}\n',
  'libs/contracts/package.json':
    '{ "name": "@odd/contracts", "version": "2.0.0", "type": "module", "dependencies": {\n  "class-validator": "^0.15.0" } }\n',
  'libs/contracts/tsconfig.json': '{ "compilerOptions": { "composite": true } }',
  'libs/contracts/src/index.ts': `// what we tell each other\nexport * from "./user-registered.js"\n`,
  'libs/contracts/src/user-registered.ts': `import { EventContract } from "@tramline/nest"\nimport { IsUUID } from "class-validator"\n\n@EventContract("user.registered", { key: "userId" })\nexport class UserRegistered {\n    @IsUUID() readonly userId!: string\n}\n`,
  'apps/sms/package.json':
    '{\n    "name": "@odd/sms", "type": "module",\n    "dependencies": {\n        "@nestjs/common": "^11.1.0",\n\n        "zod": "^4.0.0"\n    }\n}\n',
  'apps/sms/tsconfig.json': '{\n    "compilerOptions": { "composite": true }, // ours\n}\n',
  'apps/sms/src/main.ts': `import { NestFactory } from "@nestjs/core"\nimport { SmsModule } from "./sms.module.js" // ours\n\nconst app = await NestFactory.create<Nest>(SmsModule)\n`,
  'apps/sms/src/sms.module.ts': `import { Module } from "@nestjs/common"\nimport { Gateway }  from "./gateway.js"\n\n@Module({\n    // who works here\n    providers : [\n        Gateway, // sends\n    ]\n})\nexport class SmsModule {}\n`,
};

const EDITED = Object.keys(ODD).filter(
  (path) => !/user-registered|main\.ts|contracts\/(package|tsconfig)|^package/.test(path),
);

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
const read = (path: string) => readFileSync(join(folder, path), 'utf8');
const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' });
const generate = (...args: string[]) => runCli(['generate', ...args], { cwd: folder });
const snapshot = () =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes('.git'))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path, readFileSync(path, 'utf8')]),
  );

const ALL = [
  ['event', 'points.awarded', '--field', 'userId:uuid', '--field', 'points:integer', '--key', 'userId'],
  ['service', 'user-points', '--on', 'user.registered'],
  ['handler', 'ThankYou', '--on', 'points.awarded', 'UserRegistered', '--project', 'sms'],
] as const;

describe('in a workspace of odd formatting', () => {
  beforeEach(() => write(ODD));

  it('only adds lines', async () => {
    git('init', '-q');
    git('add', '-A');
    for (const command of ALL) expect(await generate(...command)).toMatchObject({ exit: 0 });
    expect(git('diff', '--name-only').trim().split('\n').sort()).toEqual([...EDITED].sort());
    const patch = git('diff', '--unified=0').split('\n');
    expect(patch.filter((line) => /^-(?!--)/.test(line))).toEqual([]);
    expect(git('diff')).toMatchSnapshot();
  });

  it('shows with --dry-run the very patch, and changes nothing', async () => {
    for (const command of ALL) {
      const before = snapshot();
      const dry = await generate(...command, '--dry-run');
      expect(snapshot()).toEqual(before);
      await generate(...command);
      const after = snapshot();
      rmSync(folder, { recursive: true });
      write(
        Object.fromEntries(
          Object.entries(before).map(([path, text]) => [path.slice(folder.length + 1), text]),
        ),
      );
      execFileSync('git', ['apply', '-'], { cwd: folder, input: dry.stdout });
      expect(snapshot()).toEqual(after);
    }
  });

  it('changes nothing on a second run', async () => {
    for (const command of ALL) await generate(...command);
    const once = snapshot();
    for (const command of ALL)
      expect(await generate(...command)).toMatchObject({ exit: 0, stdout: 'Nothing to change.\n' });
    expect(snapshot()).toEqual(once);
  });

  it('takes the application that it is called in, when none is named', async () => {
    write({
      'apps/sms/package.json': '{ "name": "@odd/sms", "dependencies": { "@nestjs/core": "^12.0.0" } }',
    });
    write({
      'apps/mail/src/main.ts': ODD['apps/sms/src/main.ts']!,
      'apps/mail/src/sms.module.ts': ODD['apps/sms/src/sms.module.ts']!,
    });
    const nestCli = read('nest-cli.json').replace(
      '"projects": {',
      '"projects": { "mail": { "root": "apps/mail" },',
    );
    write({ 'nest-cli.json': nestCli });
    const handler = ['generate', 'handler', 'greet', '--on', 'user.registered'];
    expect(await runCli(handler, { cwd: folder })).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('mail, sms') as string,
    });
    expect(await runCli(handler, { cwd: join(folder, 'apps/sms/src') })).toMatchObject({ exit: 0 });
    expect(read('apps/sms/src/greet.ts')).toContain('class Greet');
  });

  it('leaves a generated file alone that somebody has worked on', async () => {
    for (const command of ALL) await generate(...command);
    const handler = 'apps/user-points/src/user-registered.handler.ts';
    writeFileSync(join(folder, handler), '// mine');
    rmSync(join(folder, 'apps/user-points/src/user-registered.handler.spec.ts'));
    const { stderr, stdout } = await generate(...ALL[1]);
    expect(stdout).toBe('created  apps/user-points/src/user-registered.handler.spec.ts\n');
    expect(stderr).toContain(`left as it is: ${handler}`);
    expect(read(handler)).toBe('// mine');
  });

  it.each([
    ['event', 'index', '--field', 'a:string', '--no-key'],
    ['handler', 'main', '--on', 'user.registered', '--project', 'sms'],
  ])('refuses a name whose file holds something else', async (...command) => {
    const before = snapshot();
    const { exit, stderr } = await generate(...command);
    expect([exit, stderr]).toEqual([2, expect.stringContaining('choose another name') as string]);
    expect(snapshot()).toEqual(before);
  });

  it('refuses an event whose class another one has, also in the file that it would lie in', async () => {
    await generate('event', 'a-b.c', '--field', 'id:uuid', '--key', 'id');
    const { exit, stderr } = await generate('event', 'a.b-c', '--field', 'id:uuid', '--key', 'id');
    expect([exit, stderr]).toEqual([2, expect.stringContaining("has the event 'a-b.c' as ABC") as string]);
  });

  it('says that an event which is there keeps its fields', async () => {
    const { exit, stdout, stderr } = await generate(
      'event',
      'user.registered',
      '--field',
      'a:uuid',
      '--no-key',
    );
    expect([exit, stdout]).toEqual([0, 'Nothing to change.\n']);
    expect(stderr).toContain(
      "libs/contracts/src/user-registered.ts has 'user.registered' already: its fields stay as they are.",
    );
  });

  it('takes files with a byte order mark in front', async () => {
    for (const path of [...EDITED, 'package.json', 'libs/contracts/package.json'])
      write({ [path]: `\uFEFF${ODD[path]}` });
    for (const command of ALL) expect(await generate(...command)).toMatchObject({ exit: 0 });
    for (const path of EDITED) expect(read(path)).toMatch(/^\uFEFF\S/);
  });

  it('names the line that its author knows, where a list cannot be added to', async () => {
    write({
      'apps/sms/src/sms.module.ts':
        'import { Module } from "@nestjs/common"\n\n@Module({ providers })\nexport class SmsModule {}\n',
    });
    const { exit, stderr } = await generate(
      'handler',
      'greet',
      '--on',
      'user.registered',
      '--project',
      'sms',
    );
    expect([exit, stderr]).toEqual([
      4,
      expect.stringContaining('apps/sms/src/sms.module.ts:3:11 has providers that are not a list') as string,
    ]);
  });

  it('tells programs what it did', async () => {
    const { stdout } = await generate(...ALL[0], '--json');
    expect(JSON.parse(stdout)).toEqual({
      dryRun: false,
      created: ['libs/contracts/src/points-awarded.ts'],
      changed: ['libs/contracts/src/index.ts'],
      kept: [],
      notes: [],
    });
  });

  it('warns in a dirty git tree, and goes on', async () => {
    git('init', '-q');
    const { exit, stderr } = await generate(...ALL[0]);
    expect(exit).toBe(0);
    expect(stderr).toContain('not committed');
  });

  it.each([
    ['nest-cli.json', '{\n  "projects": {,\n}', 'nest-cli.json:2:16'],
    ['tsconfig.json', '{\n  "references": [\n}', 'tsconfig.json:3:1'],
    ['docker-compose.yml', 'services:\n  a: {\n', 'docker-compose.yml:3:1'],
    ['docker-compose.yml', 'services:\n  a: 1\n a: 2\n', 'docker-compose.yml:3:'],
    ['package.json', '{ "workspaces": [] // no\n}', 'package.json:1:20'],
    ['libs/contracts/package.json', '{\n"name" "x"\n}', 'libs/contracts/package.json:2:8'],
  ])('names line and column of a broken %s, and touches nothing', async (path, text, place) => {
    write({ [path]: text });
    const before = snapshot();
    const { exit, stderr } = await generate(...ALL[1]);
    expect(exit).toBe(4);
    expect(stderr).toContain(place);
    expect(stderr).toContain('Nothing was changed');
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(snapshot()).toEqual(before);
  });

  it.each([
    [['service', '../x', '--on', 'user.registered']],
    [['service', 'a b', '--on', 'user.registered']],
    [['service', 'größe']],
    [['service', 'class']],
    [['service', 'contracts']],
    [['handler', 'UserRegistered', '--on', 'user.registered', '--project', 'sms']],
    [['handler', 'x', '--on', 'user.registered', '--project', '../sms']],
    [['handler', '../x', '--on', 'user.registered', '--project', 'sms']],
    [['handler', 'x', '--on', 'nobody.knows', '--project', 'sms']],
    [['event', '../x', '--field', 'a:uuid', '--key', 'a']],
    [['event', 'a b', '--field', 'a:uuid', '--key', 'a']],
    [['event', 'a.b']],
    [['event', 'a.b', '--field', 'a:uuid']],
    [['event', 'UserRegistered', '--field', 'a:uuid', '--key', 'a', '--project', 'sms']],
  ])('%j is refused with exit code 2, and touches nothing', async (command) => {
    const before = snapshot();
    const { exit, stderr } = await generate(...command);
    expect(exit).toBe(2);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(snapshot()).toEqual(before);
  });
});

describe('in a standard project', () => {
  beforeEach(() => {
    write({
      'nest-cli.json': '{ "sourceRoot": "src" }',
      'package.json':
        '{ "name": "one", "dependencies": { "@nestjs/core": "^11.0.0" }, "devDependencies": { "jest": "30" } }',
      'src/main.ts': `import { NestFactory } from '@nestjs/core';\nimport { AppModule } from './app.module';\nvoid NestFactory.create(AppModule);\n`,
      'src/app.module.ts': `import { Module } from '@nestjs/common';\n\n@Module({\n  imports: [],\n  providers: [],\n})\nexport class AppModule {}\n`,
    });
    mkdirSync(join(folder, 'src/deep'));
  });

  it('puts an event beside the code, and a handler with its spec, as CommonJS', async () => {
    const cwd = join(folder, 'src/deep');
    const run = (...args: string[]) => runCli(['generate', ...args], { cwd });
    expect(await run('event', 'order.placed', '--field', 'id:uuid', '--key', 'id')).toMatchObject({
      exit: 0,
    });
    expect(await run('handler', 'ship', '--on', 'order.placed')).toMatchObject({ exit: 0 });
    expect(read('src/events/order-placed.ts')).toContain("@EventContract('order.placed', { key: 'id' })");
    expect(read('src/ship.ts')).toContain("from './events/order-placed';");
    expect(read('src/ship.spec.ts')).not.toContain('vitest');
    expect(read('src/app.module.ts')).toContain("import { Ship } from './ship';");
    expect(read('src/app.module.ts')).toContain('providers: [Ship],');
    expect(JSON.parse(read('package.json'))).toMatchObject({
      dependencies: { 'class-validator': '^0.15.1' },
    });
  });

  it('refuses a service of its own', async () => {
    const { exit, stderr } = await generate('service', 'points');
    expect(exit).toBe(4);
    expect(stderr).toContain('tramline new');
  });

  it('says when no project is there', async () => {
    const empty = join(folder, '..', 'tramline-nothing-here');
    mkdirSync(empty, { recursive: true });
    const { exit, stderr } = await runCli(['generate', 'service', 'x'], { cwd: empty });
    rmSync(empty, { recursive: true });
    expect(exit).toBe(4);
    expect(stderr).toContain('nest-cli.json');
  });
});
