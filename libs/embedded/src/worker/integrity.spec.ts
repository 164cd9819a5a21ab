import { cpSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { Child } from '../spec/child.js';
import { testDirectory } from '../spec/directory.js';
import { append, openTransport } from '../spec/environment.js';

it('leaves the locks of this process alone: whoever closes elsewhere must not take the write-ahead log away', async () => {
  const directory = testDirectory();
  const transport = openTransport({ directory });
  await transport.topics.create([{ name: 't', partitions: 1, cleanup: 'delete' }]);
  // Opens the log a second time in this process, in the thread that reads.
  for await (const _ of transport.read({ topic: 't', partition: 0, from: 0, to: 1 }));
  const child = await Child.start(directory);
  await child.ask({ do: 'append', topic: 't', partition: 0, values: ['from the child'] });
  const wal = join(directory, 'tramline.db-wal');
  const { ino } = statSync(wal);
  await child.ask({ do: 'close' });
  await child.exited;
  expect(statSync(wal).ino).toBe(ino);
  await append(transport, 't', 0, 'from here');
  const seen = await Child.start(directory);
  seen.tell({ do: 'consume', group: 'g', topics: ['t'], sessionTimeoutMs: 2_000 });
  await seen.until('both arrive', () => seen.values.length === 2);
});

it('does not mend a truncated database by looking at it', async () => {
  const [directory, copy] = [testDirectory(), testDirectory()];
  const transport = openTransport({ directory });
  await transport.topics.create([{ name: 't', partitions: 1, cleanup: 'delete' }]);
  await append(transport, 't', 0, ...Array.from({ length: 500 }, () => 'x'.repeat(1_000)));
  cpSync(directory, copy, { recursive: true });
  const before = statSync(join(copy, 'tramline.db-wal')).size;
  const looking = new DatabaseSync(join(copy, 'tramline.db'), { readOnly: true });
  expect(looking.prepare('SELECT count(*) AS records FROM records_1').get()).toEqual({ records: 500 });
  looking.close();
  expect(statSync(join(copy, 'tramline.db-wal')).size).toBe(before);
});
