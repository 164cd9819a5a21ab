import { TransportError } from '@tramline/core';
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Child } from './spec/child.js';
import { testDirectory } from './spec/directory.js';
import { append, openTransport, readAll, refusal } from './spec/environment.js';
import { SmallDisk } from './spec/small-disk.js';

it('refuses appends on a full disk, keeps what it acknowledged, and goes on when space is back', async ({
  skip,
}) => {
  const disk = SmallDisk.mount(12) ?? skip('only root may mount');
  disk.fill(8);
  const directory = `${disk.directory}/log`;
  const transport = openTransport({ directory });
  await transport.topics.create([{ name: 't', partitions: 2, cleanup: 'delete' }]);
  const acknowledged: string[] = [];
  let full: Error | undefined;
  for (let round = 0; !full; round++) {
    const value = `${round} ${'x'.repeat(50_000)}`;
    await append(transport, 't', 0, value).then(
      () => acknowledged.push(value),
      (error: Error) => (full = error),
    );
  }
  expect(full).toBeInstanceOf(TransportError);
  expect(full).toMatchObject({ code: 'TRAMLINE_STORAGE', outcome: 'not-written', retriable: false });
  expect(full!.message).toMatch(/disk of .* is full; nothing was written\. Free some space/);
  expect(acknowledged.length).toBeGreaterThan(5);
  expect(await readAll(transport, 't', 0)).toEqual(acknowledged);

  disk.free();
  await append(transport, 't', 0, 'after');
  expect(await readAll(transport, 't', 0)).toEqual([...acknowledged, 'after']);
  await transport.close();
  expect(await readAll(openTransport({ directory }), 't', 0)).toEqual([...acknowledged, 'after']);
});

it('keeps members of a group while the disk is full', async ({ skip }) => {
  const disk = SmallDisk.mount(12) ?? skip('only root may mount');
  const directory = `${disk.directory}/log`;
  const transport = openTransport({ directory });
  await transport.topics.create([{ name: 't', partitions: 1, cleanup: 'delete' }]);
  const statuses: string[] = [];
  const seen: string[] = [];
  let told = () => {};
  const until = async (satisfied: () => boolean) => {
    while (!satisfied()) await new Promise<void>((resolve) => (told = resolve));
  };
  transport.consume(
    { group: 'g', topics: ['t'], broadcast: false, sessionTimeoutMs: 600, clientId: 'c' },
    {
      assigned: async (partitions) =>
        partitions.map((one) => ({ ...one, offset: one.committed?.offset ?? one.earliest })),
      revoked: async () => {},
      lost: () => void statuses.push('lost'),
      outOfRange: () => {},
      records: ({ records }) => {
        seen.push(...records.map(({ value }) => Buffer.from(value ?? []).toString()));
        told();
      },
      status: ({ kind }) => {
        statuses.push(kind);
        told();
      },
    },
  );
  await until(() => statuses.includes('joined'));
  // Heartbeats rewrite the same pages; only the write-ahead log grows, so it is filled until they fail.
  disk.fill(7);
  const filling = (async () => {
    while (!statuses.includes('away')) {
      await append(transport, 't', 0, 'x'.repeat(300_000)).catch(() => undefined);
    }
  })();
  await until(() => statuses.includes('away'));
  await filling;
  disk.free();
  await until(() => statuses.at(-1) === 'joined');
  await append(transport, 't', 0, 'after');
  await until(() => seen.includes('after'));
  expect(statuses).not.toContain('failed');
  expect(statuses).not.toContain('lost');
});

it('refuses a directory that this user cannot write', async ({ skip }) => {
  const directory = testDirectory();
  await openTransport({ directory }).topics.create([{ name: 't', partitions: 1, cleanup: 'delete' }]);
  const message = /cannot be written by user id \d+\. Give that user write access/;
  if (process.getuid?.() === 0) {
    // Modes do not bind root, so another user tries; a checkout below a private folder is out of that user's reach.
    const reach = spawnSync(process.execPath, ['-e', ''], { uid: 65_534, cwd: '/' });
    if (reach.error) skip('another user cannot start this Node');
    const child = await Child.start(directory, { uid: 65_534 });
    const answer = await child.ask({ do: 'append', topic: 't', partition: 0, values: ['x'] });
    expect(answer).toMatchObject({ code: 'TRAMLINE_STORAGE', message: expect.stringMatching(message) });
    return;
  }
  if (process.platform === 'win32') skip('modes of directories mean nothing there');
  chmodSync(directory, 0o555);
  expect(await refusal(openTransport({ directory }).topics.list())).toMatchObject({
    code: 'TRAMLINE_STORAGE',
    message: expect.stringMatching(message),
  });
});

it('refuses a file system that is mounted read-only', async ({ skip }) => {
  const disk = SmallDisk.mount(12) ?? skip('only root may mount');
  const directory = `${disk.directory}/log`;
  const writer = openTransport({ directory });
  await writer.topics.create([{ name: 't', partitions: 1, cleanup: 'delete' }]);
  await writer.close();
  disk.makeReadOnly();
  const refused = await refusal(openTransport({ directory }).topics.list());
  expect(refused).toMatchObject({
    code: 'TRAMLINE_STORAGE',
    message: expect.stringMatching(/cannot be written/),
  });
});
