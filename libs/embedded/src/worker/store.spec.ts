import { cpSync, existsSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { testDirectory } from '../spec/directory.js';
import { appendTo, contentsOf, settingsFor, testStore, testTopic } from '../spec/store.js';
import { FailureError } from '../wire/failure.js';
import { networkFileSystem, prepareDirectory } from './file-system.js';
import { openStore } from './store.js';

/** The message that the directory is refused with; always as storage that somebody has to mend. */
async function refusalOf(directory: string): Promise<string> {
  const thrown: unknown = await openStore(settingsFor(directory)).then(
    (store) => {
      store.close();
      throw new Error('expected to be refused');
    },
    (error: unknown) => error,
  );
  if (!(thrown instanceof FailureError)) throw thrown;
  expect(thrown.failure).toMatchObject({
    code: 'TRAMLINE_STORAGE',
    retriable: false,
    outcome: 'not-written',
  });
  return thrown.message;
}

/** A directory with a log of about 1.6 MB, as a process leaves it that closed, or that was killed. */
async function writtenLog(end: 'closed' | 'killed'): Promise<string> {
  const [live, directory] = [testDirectory(), join(testDirectory(), 'log')];
  const store = await openStore(settingsFor(live));
  testTopic(store, { name: 't' });
  const large = 'x'.repeat(1_000);
  for (let round = 0; round < 8; round++) {
    appendTo(
      store,
      't',
      Array.from({ length: 200 }, () => [1, null, large] as const),
    );
    store.acked.acknowledge(1, (round + 1) * 200);
    // So that a killed process leaves most in the database and the rest in the write-ahead log.
    if (round === 5) store.write.exec('PRAGMA wal_checkpoint(PASSIVE)');
  }
  if (end === 'closed') store.close();
  cpSync(live, directory, { recursive: true });
  if (end === 'killed') store.close();
  return directory;
}

it('makes the directory and opens what it made', async () => {
  const directory = join(testDirectory(), 'not', 'there', 'yet');
  (await openStore(settingsFor(directory))).close();
  const store = await testStore(directory);
  testTopic(store, { name: 't' });
  appendTo(store, 't', [[1, null, 'first']]);
  expect(contentsOf(store)).toEqual([[0, 'first']]);
});

it('opens a log whose process was killed, with all it had committed', async () => {
  const directory = await writtenLog('killed');
  expect(statSync(join(directory, 'tramline.db-wal')).size).toBeGreaterThan(0);
  const store = await testStore(directory);
  expect(contentsOf(store)).toHaveLength(1_600);
});

it.each([
  ['closed', 0.1],
  ['closed', 0.5],
  ['closed', 0.9],
  ['killed', 0.5],
  ['killed', 0.9],
] as const)(
  'refuses a database that was truncated after its process %s, to %f of its size',
  async (end, share) => {
    const directory = await writtenLog(end);
    const path = join(directory, 'tramline.db');
    truncateSync(path, Math.floor(statSync(path).size * share));
    for (let attempt = 1; attempt <= 2; attempt++) {
      expect(await refusalOf(directory)).toMatch(/is damaged: tramline.db was truncated.*put back a backup/);
    }
  },
);

it('refuses a log whose write-ahead log was truncated, and says which events are missing', async () => {
  const directory = await writtenLog('killed');
  const path = join(directory, 'tramline.db-wal');
  truncateSync(path, 100_000);
  expect(await refusalOf(directory)).toMatch(
    /Acknowledged events are missing .*t\/0 ends at \d+ instead of 1600/,
  );
});

it('refuses an empty database beside acknowledged events, and opens it when they are given up', async () => {
  const directory = await writtenLog('closed');
  rmSync(join(directory, 'tramline.db'));
  expect(await refusalOf(directory)).toMatch(
    /partition 1 is missing.*delete tramline.acked to go on without those events/,
  );
  rmSync(join(directory, 'tramline.acked'));
  (await openStore(settingsFor(directory))).close();
});

it('refuses a file that is no SQLite database', async () => {
  const directory = testDirectory();
  writeFileSync(
    join(directory, 'tramline.db'),
    'this is my diary, and it is longer than a header of SQLite is'.repeat(5),
  );
  expect(await refusalOf(directory)).toMatch(/not an SQLite file/);
});

it('refuses the database of another program', async () => {
  const directory = testDirectory();
  const other = new DatabaseSync(join(directory, 'tramline.db'));
  other.exec('CREATE TABLE diary (day)');
  other.close();
  expect(await refusalOf(directory)).toMatch(/belongs to another program. Name another directory/);
});

it('refuses a log of a newer schema, and leaves it as it is', async () => {
  const directory = await writtenLog('closed');
  const database = new DatabaseSync(join(directory, 'tramline.db'));
  database.exec('PRAGMA user_version = 99');
  expect(await refusalOf(directory)).toMatch(
    /newer Tramline \(schema 99; this one knows 1\).*Update @tramline\/embedded/,
  );
  expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 99 });
  database.close();
});

it('refuses a directory that is a file', async () => {
  const path = join(testDirectory(), 'file');
  writeFileSync(path, '');
  expect(await refusalOf(path)).toMatch(/is a file, not a directory/);
  expect(await refusalOf(join(path, 'below'))).toMatch(/cannot be used/);
});

it('knows network file systems by their number', () => {
  expect(networkFileSystem(0x6969)).toBe('NFS');
  // statfs of CIFS is negative where the platform's word is signed.
  expect(networkFileSystem(0xff534d42 | 0)).toBe('CIFS');
  expect(networkFileSystem(0x65735546)).toBe('FUSE');
  expect(networkFileSystem(0xef53)).toBeUndefined();
});

it.runIf(process.platform === 'linux')('refuses a network file system unless it is allowed', () => {
  const directory = testDirectory();
  const refuse = () => prepareDirectory(directory, false, () => 0x6969);
  expect(refuse).toThrow(/network file system \(NFS\).*allowNetworkFileSystem: true/);
  expect(existsSync(join(directory, 'tramline.db'))).toBe(false);
  prepareDirectory(directory, true, () => 0x6969);
});

it('opens for several processes that all begin at once', async () => {
  const directory = testDirectory();
  const stores = await Promise.all(Array.from({ length: 5 }, () => openStore(settingsFor(directory))));
  expect(stores).toHaveLength(5);
  for (const store of stores) store.close();
});
