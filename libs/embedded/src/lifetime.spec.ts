import { silentLog, type Log } from '@tramline/core';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, rmSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { testDirectory } from './spec/directory.js';
import { append, openTransport, readAll, refusal } from './spec/environment.js';

const [embeddedEntry, coreEntry] = ['..', '../../core'].map(
  (lib) => new URL(`${lib}/dist/index.js`, import.meta.url).href,
);

/** A script of somebody who uses the package. */
const script = (directory: string, body: string) => [
  '--input-type=module',
  '--eval',
  `import { embedded } from ${JSON.stringify(embeddedEntry)};
   import { silentLog as log, systemClock as clock, systemRandom as random } from ${JSON.stringify(coreEntry)};
   const transport = embedded({ directory: ${JSON.stringify(directory)} }).open({ clock, random, log, clientId: 'script' });
   const topic = 't';
   await transport.topics.create([{ name: topic, cleanup: 'delete' }]);
   ${body}`,
];
const run = (directory: string, body: string) =>
  promisify(execFile)(process.execPath, script(directory, body));

const publish =
  "await transport.append({ topic, partition: 0 }, [{ key: null, value: Buffer.from('x'), headers: [] }], { timeoutMs: 5_000 });";
const listen = `transport.consume({ group: 'g', topics: [topic], broadcast: false, sessionTimeoutMs: 6_000, clientId: 'c' }, {
  assigned: async (partitions) => partitions.map((one) => ({ ...one, offset: one.earliest })),
  revoked: async () => {}, lost: () => {}, outOfRange: () => {}, status: () => {},
  records: ({ records }) => console.log(\`got \${records.length}\`),
});`;

it('lets a script end that published and closed, and one that forgot to close', async () => {
  const directory = testDirectory();
  await run(directory, `${publish} await transport.close();`);
  await run(directory, publish);
  expect(await readAll(openTransport({ directory }), 't', 0)).toEqual(['x', 'x']);
});

it('keeps a process alive that consumes, until it closes', async () => {
  const directory = testDirectory();
  const child = spawn(
    process.execPath,
    script(directory, `${listen} process.on('SIGTERM', () => transport.close());`),
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  const transport = openTransport({ directory });
  await transport.topics.create([{ name: 't', cleanup: 'delete' }]);
  await append(transport, 't', 0, 'one', 'two');
  const [output] = (await once(child.stdout, 'data')) as [Buffer];
  expect(output.toString()).toMatch(/got \d/);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

it('says once per process and directory what it is for', async () => {
  const directory = testDirectory();
  const lines: string[] = [];
  const log: Log = { ...silentLog, info: (line) => void lines.push(line) };
  openTransport({ directory }, { log });
  openTransport({ directory }, { log });
  expect(lines).toEqual([
    expect.stringMatching(/for development, tests and single machines; move to @tramline\/kafka when/),
  ]);
});

it.each([
  ['deleted', (directory: string) => rmSync(directory, { recursive: true })],
  ['replaced', (directory: string) => renameSync(`${directory}/tramline.db`, `${directory}/away`)],
])('stops using a log whose file was %s under it, before more is lost', async (_, harm) => {
  const directory = testDirectory();
  const transport = openTransport({ directory });
  await transport.topics.create([{ name: 't', partitions: 1, cleanup: 'delete' }]);
  await append(transport, 't', 0, 'x');
  harm(directory);
  let refused: Error | undefined;
  while (!refused) await append(transport, 't', 0, 'y').catch((error: Error) => (refused = error));
  expect(refused.message).toMatch(/was deleted or replaced while it was in use. Stop all its processes/);
  expect(await refusal(append(transport, 't', 0, 'z'))).toMatchObject({
    code: 'TRAMLINE_STORAGE',
    outcome: 'not-written',
  });
});
