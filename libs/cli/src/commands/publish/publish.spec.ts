import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ops } from '@tramline/core/ops';
import { logFolder, type LogFolder } from '../../../spec-support/log.js';
import { runCli, type CliWorld } from '../../../spec-support/run-cli.js';

let log: LogFolder;
let folder: string;
let ops: Ops;
beforeEach(async () => {
  log = await logFolder(['user.registered']);
  ({ folder, ops } = log);
});
afterEach(() => log.close());

const publish = (args: readonly string[], world: CliWorld = {}) =>
  runCli(['publish', 'user.registered', ...args], { cwd: folder, ...world });

/** A contract whose payloads need an email. */
const configure = () =>
  writeFileSync(
    join(folder, 'tramline.config.mjs'),
    `const validate = (value) => {
       const issues = [];
       if (typeof value.email !== 'string') issues.push({ path: ['email'], message: 'must be a text' });
       if (typeof value.userId !== 'string') issues.push({ path: ['userId'], message: 'must be a text' });
       return issues.length > 0 ? { issues } : { value };
     };
     const schema = { '~standard': { version: 1, vendor: 'spec', validate } };
     export default { contracts: [{ type: 'user.registered', topic: 'user.registered', key: 'userId', schema }] };`,
  );

const written = async () => {
  const found = [];
  for await (const { json, envelope } of ops.events.read({ topics: ['user.registered'] }))
    found.push([envelope.key, json]);
  return found;
};

describe('tramline publish', () => {
  it('publishes a payload and says where it lies', async () => {
    const { exit, stdout, stderr } = await publish(['{"userId":"u1"}', '--key', 'u1', '--header', 'a=b=c']);
    expect([exit, stdout]).toEqual([
      0,
      expect.stringMatching(
        /^Event [\da-f-]{36} lies in user\.registered\/\d at offset 0\.\nPublished 1 event of type 'user\.registered' to topic 'user\.registered'\.\n$/,
      ),
    ]);
    expect(stderr).toMatch(/^No contract of 'user\.registered' is known, so payloads are not checked/);
    expect(await written()).toEqual([['u1', { userId: 'u1' }]]);
  });

  it('answers programs with one line for each event', async () => {
    const { stdout } = await publish(['--json', '--id', 'e1', '--partition', '2', '{}']);
    expect(JSON.parse(stdout)).toEqual({
      ...{ line: 1, eventId: 'e1', topic: 'user.registered', partition: 2, offset: 0 },
      timestamp: expect.any(Number),
    });
  });

  it('checks by the contract and takes its key; all faults are told and nothing is sent', async () => {
    configure();
    const stdin =
      '{"userId":"u1","email":"a@b"}\n{"userId":1}\n\n{"userId"\n"x"\n{"userId":"u2","email":"c@d"}\n';
    const { exit, stdout, stderr } = await publish([], { stdin });
    expect([exit, stdout]).toEqual([1, '']);
    expect(stderr.split('\n').slice(0, 5)).toEqual([
      'line 2: email: must be a text',
      'line 2: userId: must be a text',
      expect.stringMatching(/^line 4: is not JSON: /),
      'line 5: email: must be a text',
      'line 5: userId: must be a text',
    ]);
    expect(stderr).toContain(
      "tramline: 3 of 5 lines are not valid payloads of 'user.registered'; nothing was sent.",
    );
    expect(await written()).toEqual([]);

    const json = await publish(['--json'], { stdin });
    expect(JSON.parse(json.stderr)).toEqual({
      error: { code: 'TRAMLINE_PAYLOAD', message: expect.any(String), faults: expect.any(Array) },
    });

    const good = await publish(['--from-line', '6'], { stdin: stdin.replace('\n\n', '\n{}\n') });
    expect(good).toMatchObject({ exit: 0, stderr: '' });
    expect(await written()).toEqual([['u2', { userId: 'u2', email: 'c@d' }]]);
  });

  it('reads files: lines, or one payload in a file *.json', async () => {
    writeFileSync(
      join(folder, 'many.ndjson'),
      Array.from({ length: 2_500 }, (_, n) => `{"n":${n}}`).join('\n'),
    );
    writeFileSync(join(folder, 'one.json'), '{\n  "n": -1\n}\n');
    const dry = await publish(['--file', 'many.ndjson', '--dry-run', '--json']);
    expect(JSON.parse(dry.stdout)).toEqual({
      ...{ dryRun: true, type: 'user.registered', topic: 'user.registered', events: 2_500, checked: false },
    });
    expect(await written()).toEqual([]);
    await publish(['--file', 'many.ndjson', '--key', 'k']);
    await publish(['--file', 'one.json', '--key', 'k']);
    const found = await written();
    expect(found).toHaveLength(2_501);
    expect(found.map(([, json]) => (json as { n: number }).n)).toEqual([
      ...Array.from({ length: 2_500 }, (_, n) => n),
      -1,
    ]);
  });

  it.each([
    [['{}', '--file', 'x'], 'Give a payload or --file, not both.'],
    [[], 'There is no payload.'],
    [['{}', '--partition', 'two'], '--partition is "two": give a whole number from 0.'],
    [['{}', '--header', 'nothing'], '--header is "nothing": give name=value.'],
    [['--file', 'nowhere.json'], 'nowhere.json cannot be read'],
    [['{}', '--brokers', 'a:1', '--data', '.'], '--brokers is for kafka, --data for embedded'],
    [['{}', '--config', 'nowhere.ts'], 'There is no configuration file'],
  ])('refuses %j as a fault of usage', async (args, message) => {
    const { exit, stdout, stderr } = await publish(args);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it('refuses a type whose topic does not exist, since a slip would make one', async () => {
    const { exit, stderr } = await runCli(['publish', 'user.registred', '{}'], { cwd: folder });
    expect(exit).toBe(1);
    expect(stderr).toContain("There is no topic 'user.registred'");
  });
});
