import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ConfigurationError, defineEvent, Tramline } from '@tramline/core';
import { memory } from '@tramline/testing';
import { SqliteFiles } from '../spec/sqlite-files.js';
import { nodeSqlite } from './node-sqlite.js';

const Happened = defineEvent<{ n: number }>('spec.happened', { key: () => 'one' });

let files: SqliteFiles;
let db: DatabaseSync;
beforeEach(() => {
  files = new SqliteFiles();
  db = files.connect();
});
afterEach(() => files.dispose());

const faultsOf = (...args: Parameters<typeof nodeSqlite>): readonly string[] => {
  try {
    nodeSqlite(...args);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
};

it('refuses a database that a relay cannot reach, and says what to give instead', () => {
  expect(faultsOf(new DatabaseSync(':memory:'))).toEqual([expect.stringMatching(/in memory.*mkdtemp/)]);
  expect(faultsOf(new DatabaseSync(''))).toEqual([expect.stringMatching(/in memory/)]);
  db.close();
  expect(faultsOf(db)).toEqual([expect.stringMatching(/is closed/)]);
  expect(faultsOf('service.db' as never)).toEqual([expect.stringMatching(/give the DatabaseSync/)]);
  expect(faultsOf(undefined as never)).toEqual([expect.stringMatching(/give the DatabaseSync/)]);
});

it('tells every fault at once, its own and those that all outboxes have', () => {
  const options = { busyTimeout: 'soon', onConnect: true, relay: 'no' } as never;
  expect(faultsOf(db, options)).toEqual([
    expect.stringMatching(/busyTimeout is "soon"/),
    expect.stringMatching(/onConnect is no function/),
    expect.stringMatching(/outbox\.relay is "no"/),
  ]);
});

it('leaves it to the start to say that the file may not be read or written', async () => {
  // As in a directory that may not be written, where root, who may run this, writes all the same.
  const forbidden = Object.assign(new Error('attempt to write a readonly database'), { errcode: 8 });
  const reading = vi.spyOn(db, 'prepare').mockImplementation(() => {
    throw forbidden;
  });
  const onConnect = () => {
    throw forbidden;
  };
  for (const autoCreate of [true, false]) {
    const outbox = nodeSqlite(db, { autoCreate, onConnect });
    const bus = new Tramline({ service: 'spec', transport: memory(), contracts: [Happened], outbox });
    await expect(bus.start()).rejects.toMatchObject({
      code: 'TRAMLINE_OUTBOX_RIGHTS',
      message: expect.stringMatching(/write access to the file and to its directory/),
    });
    await bus.close();
  }
  reading.mockRestore();
});

it('says which Node is needed where node:sqlite is missing, or an early one', () => {
  const found = vi.spyOn(process, 'getBuiltinModule').mockReturnValue({ DatabaseSync: class {} } as never);
  expect(faultsOf(db)).toEqual([expect.stringMatching(/Use Node 22\.16 or newer/)]);
  found.mockRestore();
});

it('makes the tables where asked to, relays what was committed, and nothing of what was rolled back', async () => {
  const transport = memory();
  const bus = new Tramline({
    service: 'spec',
    transport,
    contracts: [Happened],
    outbox: nodeSqlite(db, { autoCreate: true, tables: { prefix: 'mine_' } }),
  });
  await bus.start();
  const { outbox } = bus;
  const gone = outbox.transaction(async (tx) => {
    await outbox.publish(tx, Happened, { n: 0 });
    throw new Error('rolled back');
  });
  await expect(gone).rejects.toThrow('rolled back');
  await outbox.transaction(async (tx) => {
    await outbox.publish(tx as DatabaseSync, Happened, { n: 1 });
  });
  // On the connection of the caller's own, too.
  db.exec('BEGIN IMMEDIATE');
  await outbox.publish(db, Happened, { n: 2 });
  db.exec('COMMIT');
  await vi.waitUntil(async () => (await outbox.status()).backlog === 0, { timeout: 20_000 });
  const seen: unknown[] = [];
  for await (const { event } of bus.eventLog.read(Happened)) seen.push(event);
  expect(seen).toEqual([{ n: 1 }, { n: 2 }]);
  expect(db.prepare("SELECT name FROM sqlite_schema WHERE name LIKE 'tramline%'").all()).toEqual([]);
  await bus.close();
});
