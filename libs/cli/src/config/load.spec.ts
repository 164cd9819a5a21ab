import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { envOf } from '../../spec-support/run-cli.js';
import { outboxOf } from '../open-ops.js';
import { loadConfig } from './load.js';
import { settingsOf, type ConnectionFlags } from './settings.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tramline-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const load = (flags: ConnectionFlags = {}, variables: Record<string, string> = {}, cwd = folder) =>
  loadConfig(envOf([], { cwd, variables }).env, flags);

/** A transport that says its name, and no more. */
const named = (name: string) => `{ name: '${name}', open() { throw new Error('not here'); } }`;

describe('the configuration', () => {
  it('is found upwards from the working directory', async () => {
    write('tramline.config.mjs', `export default { transport: ${named('mine')} };`);
    const below = join(folder, 'apps', 'sms');
    mkdirSync(below, { recursive: true });
    const config = await load({}, {}, below);
    expect([config.file, config.folder]).toEqual([join(folder, 'tramline.config.mjs'), folder]);
    expect((await config.transport()).name).toBe('mine');
  });

  it('yields to variables, and these to flags', async () => {
    write('tramline.config.mjs', `export default { namespace: 'file', transport: ${named('file')} };`);
    write('variable.mjs', `export default ${named('variable')};`);
    write('flag.mjs', `export default () => Promise.resolve(${named('flag')});`);
    const variables = { TRAMLINE_NAMESPACE: 'variable', TRAMLINE_TRANSPORT: './variable.mjs' };
    const flags = { namespace: 'flag', transport: './flag.mjs' };
    const both = async (...args: Parameters<typeof load>) => {
      const config = await load(...args);
      return [config.namespace, (await config.transport()).name];
    };
    expect(await both()).toEqual(['file', 'file']);
    expect(await both({}, variables)).toEqual(['variable', 'variable']);
    expect(await both(flags, variables)).toEqual(['flag', 'flag']);
    expect((await load({ namespace: '' })).namespace).toBeUndefined();
  });

  it('opens an outbox that a function opens when it is asked for, once', async () => {
    write(
      'tramline.config.mjs',
      `let opened = 0;
       export default { outbox: async () => ({ name: \`opened \${++opened}\`, open() {} }) };`,
    );
    const config = await load();
    expect(await Promise.all([outboxOf(config), outboxOf(config)])).toMatchObject([
      { name: 'opened 1' },
      { name: 'opened 1' },
    ]);
    expect(await outboxOf(await load())).toMatchObject({ name: 'opened 2' });
  });

  it.each([
    ["() => { throw new Error('not built') }", /outbox\(\) failed: not built$/],
    [
      "() => import('./dist/x.js')",
      /Cannot find module.*Build the project first, where that is what is missing$/,
    ],
    ['() => ({})', /outbox\(\) answered no outbox\./],
  ])('with an outbox that cannot be had names the file: %s', async (outbox, message) => {
    write('tramline.config.mjs', `export default { outbox: ${outbox} };`);
    const error = await outboxOf(await load()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'TRAMLINE_CONFIG_FILE', exit: 2 });
    expect(error).toHaveProperty('message', expect.stringMatching(message));
  });

  it.each([
    ['tramline.config.mjs', 'export const a = 1;', 'no default export'],
    ['tramline.config.mjs', 'export default { transports: 1, outbox: 2, app: 3 };', 'outbox is none'],
    ['tramline.config.mjs', 'export default {', 'cannot be loaded: '],
    ['tramline.config.js', "throw new Error('no DATABASE_URL');", 'no DATABASE_URL'],
  ])('at fault is told: %s: %s', async (name, text, message) => {
    write(name, text);
    const error = await load().catch((thrown: unknown) => thrown as Error & { faults: string[] });
    const said = `${(error as Error).message} ${(error as { faults: string[] }).faults.join(' ')}`;
    expect(said).toContain(join(folder, name));
    expect(said).toContain(message);
    expect(error).toMatchObject({ code: 'TRAMLINE_CONFIG_FILE', exit: 2 });
  });

  it('without a transport, where no log lies, says what is missing', async () => {
    const config = await load();
    await expect(config.transport()).rejects.toMatchObject({ code: 'TRAMLINE_NO_LOG', exit: 2 });
    expect((await config.transport({ mayCreate: true })).name).toBe('embedded');
  });
});

describe('flags and variables', () => {
  it.each([
    [{ brokers: 'a:1' }, {}, 'kafka'],
    [{ data: 'd' }, {}, 'embedded'],
    [{ data: 'd' }, { TRAMLINE_BROKERS: 'a:1' }, 'embedded'],
    [{}, { TRAMLINE_BROKERS: 'a:1' }, 'kafka'],
    [{}, { TRAMLINE_TRANSPORT: 'embedded', TRAMLINE_BROKERS: 'a:1' }, 'embedded'],
    [{}, {}, undefined],
  ])('%j and %j mean %s', (flags, variables, transport) => {
    expect(settingsOf(flags, variables).transport).toBe(transport);
  });

  it.each([
    [{ brokers: 'a:1', data: 'd' }],
    [{ brokers: 'a:1', transport: 'embedded' }],
    [{ data: 'd', transport: 'kafka' }],
    [{ brokers: ' ' }],
  ])('%j contradict each other', (flags) => {
    expect(() => settingsOf(flags, {})).toThrow(expect.objectContaining({ code: 'TRAMLINE_USAGE' }));
  });
});
