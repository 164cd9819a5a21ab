import { EventEmitter, once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testDirectory } from './spec/directory.js';
import { append, openTransport, readAll, refusal } from './spec/environment.js';

const PAGE = 4_096;

/** A closed log whose middle was overwritten. The pages at its front, and so its schema, are whole. */
async function overwrittenLog(): Promise<string> {
  const directory = testDirectory();
  const transport = openTransport({ directory });
  await transport.topics.create([{ name: 't', partitions: 1, cleanup: 'delete' }]);
  for (let round = 0; round < 5; round++) {
    await append(transport, 't', 0, ...Array.from({ length: 200 }, () => 'x'.repeat(1_000)));
  }
  await transport.close();
  const path = join(directory, 'tramline.db');
  const bytes = readFileSync(path);
  bytes.fill(0xa5, 60 * PAGE, bytes.length - 60 * PAGE);
  writeFileSync(path, bytes);
  return directory;
}

it('says that a log is damaged to whoever reads the damaged part, and what to do', async () => {
  const transport = openTransport({ directory: await overwrittenLog() });
  const refused = await refusal(readAll(transport, 't', 0));
  expect(refused).toMatchObject({
    code: 'TRAMLINE_STORAGE',
    message: expect.stringMatching(/is damaged: .*put back a backup/),
  });
});

it('ends a membership that meets damaged records as failed, instead of waiting in silence', async () => {
  const transport = openTransport({ directory: await overwrittenLog() });
  const told = new EventEmitter();
  transport.consume(
    { group: 'g', topics: ['t'], broadcast: false, sessionTimeoutMs: 6_000, clientId: 'c' },
    {
      assigned: async (partitions) => partitions.map((one) => ({ ...one, offset: one.earliest })),
      revoked: async () => {},
      lost: () => {},
      outOfRange: () => {},
      records: () => {},
      status: (status) => void told.emit(status.kind, status),
    },
  );
  const [status] = (await once(told, 'failed')) as [{ error: Error }];
  expect(status.error).toMatchObject({
    code: 'TRAMLINE_STORAGE',
    message: expect.stringMatching(/is damaged/),
  });
});
