import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog, Tramline } from '@tramline/core';
import { embedded } from '@tramline/embedded';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeWithPostgres } from '../../postgres/support/database.ts';
import { until } from '../../sample/support/until.ts';
import type { OutboxDatabase } from '../support/outbox-database.ts';
import { PostgresDatabase } from '../support/postgres-database.ts';
import { SqliteDatabase } from '../support/sqlite-database.ts';
import { Counted } from '../support/world.ts';
import type { CrashingPlaces } from './crashing-process.ts';
import { createEffects, effects, remembered } from './effects.ts';

describe('SQLite', () => {
  crashing(() => {
    const database = new SqliteDatabase();
    return Promise.resolve({ database, place: database.file });
  });
});

describeWithPostgres('PostgreSQL', () => {
  crashing(async () => {
    const database = await PostgresDatabase.create();
    return { database, place: database.url };
  });
});

function crashing(create: () => Promise<{ database: OutboxDatabase; place: string }>): void {
  let directory: string;
  let database: OutboxDatabase;
  let place: string;
  let child: ChildProcess | undefined;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tramline-once-'));
    ({ database, place } = await create());
    await createEffects(database);
  });
  afterEach(async () => {
    if (child && child.exitCode === null && child.signalCode === null) {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    }
    await database.close();
    await rm(directory, { recursive: true });
  });

  /** @returns what it tells, as it comes */
  const live = (dies: boolean) => {
    const places: CrashingPlaces = { directory, database: place, dies };
    child = fork(join(import.meta.dirname, 'crashing-process.ts'), [JSON.stringify(places)], {
      execArgv: [],
    });
    const told: { kind: string; eventId: string }[] = [];
    child.on('message', (message) => void told.push(message as { kind: string; eventId: string }));
    return told;
  };

  it(
    'has its effect once when the process is killed between the commit of the effect and that of the offset',
    { timeout: 120_000 },
    async () => {
      const bus = new Tramline({
        service: 'publisher',
        consume: false,
        transport: embedded({ directory }),
        log: silentLog,
      });
      await bus.events.publish(Counted, { key: 'a', n: 1 }, { id: 'one' });
      await bus.close();

      live(true);
      const [, signal] = (await once(child!, 'exit')) as [unknown, string];
      expect(signal).toBe('SIGKILL');
      expect(await effects(database)).toEqual([1]);

      const told = live(false);
      await until('the event came again', () => told.length > 0);
      expect(told[0]).toEqual({ kind: 'known', eventId: 'one' });
      expect(await effects(database)).toEqual([1]);
      expect(await remembered(database)).toEqual(['one']);
      const exit = once(child!, 'exit');
      child!.disconnect();
      expect(await exit).toEqual([0, null]);
    },
  );
}
