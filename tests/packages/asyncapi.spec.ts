import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from './run.ts';

/**
 * The official parser in a project of its own: it brings some 170 packages, one of them with an install script, which is not
 * run and not needed. `tests/cli/asyncapi.spec.ts` judges by the official schemas alone, at every `npm test`.
 */
const PARSER = '@asyncapi/parser@3.6.3';

const root = join(import.meta.dirname, '..', '..');
const APPS = ['registration', 'sms', 'email', 'points'];

/** Prints what the parser has to say of a document, worst first, and what it understood of it. */
const JUDGE = `
import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';
const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], 'utf8'));
console.log(JSON.stringify({
  version: document?.version(),
  channels: document?.allChannels().all().map((one) => one.address()),
  operations: document?.allOperations().all().map((one) => one.id()),
  diagnostics: diagnostics.map(({ severity, code, message, path }) => ({ severity, code, message, path: path.join('/') })),
}));
`;

interface Judged {
  readonly version?: string;
  readonly channels?: readonly string[];
  readonly operations?: readonly string[];
  readonly diagnostics: readonly {
    readonly severity: number;
    readonly code: string;
    readonly message: string;
  }[];
}

/** As the parser has it. */
const ERROR = 0;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tramline-asyncapi-'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  writeFileSync(join(folder, 'judge.js'), JUDGE);
  const options = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  await run('npm', ['install', ...options, PARSER], { cwd: folder });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function judged(file: string): Promise<Judged> {
  return JSON.parse(await run(process.execPath, ['judge.js', file], { cwd: folder })) as Judged;
}

/** A document with everything in it: handlers that broadcast, policies by error, a namespace. */
it('the stored example is valid for the official parser', async () => {
  const { diagnostics } = await judged(join(root, 'tests', 'cli', 'examples', 'asyncapi.txt'));
  expect(diagnostics.filter(({ severity }) => severity === ERROR)).toEqual([]);
});

it('the document of the sample is valid for the official parser', { timeout: 300_000 }, async () => {
  writeFileSync(
    join(folder, 'tramline.config.mjs'),
    `export default {
       app: ${JSON.stringify(APPS)}.map((name) => async () =>
         (await import('${join(root, 'apps')}/' + name + '/dist/app.module.js')).AppModule),
     };`,
  );
  const bin = join(root, 'libs', 'cli', 'bin', 'tramline.js');
  const env = { TRAMLINE_DATA: join(folder, 'data') };
  await run(process.execPath, [bin, 'asyncapi', '--json', '--output', 'sample.json'], { cwd: folder, env });
  const file = join(folder, 'sample.json');
  const { version, channels, operations, diagnostics } = await judged(file);
  expect(diagnostics.filter(({ severity }) => severity === ERROR)).toEqual([]);
  expect(version).toBe('3.0.0');
  expect(channels).toEqual(expect.arrayContaining(['user.registered', 'sms.retry.10s', 'sms.dead']));
  expect(operations).toContain('sms.welcome-sms');

  // It does look: a reference that leads nowhere, and a version that is none.
  const text = readFileSync(file, 'utf8');
  for (const [good, bad] of [
    ['"#/channels/user.registered"', '"#/channels/nowhere"'],
    ['"asyncapi": "3.0.0"', '"asyncapi": "3.0.99"'],
  ] as const) {
    expect(text).toContain(good);
    writeFileSync(join(folder, 'bad.json'), text.replace(good, bad));
    const found = await judged('bad.json');
    expect(found.diagnostics.map(({ severity }) => severity)).toContain(ERROR);
  }
});
