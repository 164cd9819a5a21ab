import { randomUUID } from 'node:crypto';
import {
  defineEvent,
  Tramline,
  type EventContext,
  type Outbox,
  type OutboxProvider,
  type TramlineOptions,
} from '@tramline/core';
import { memory } from '@tramline/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { describeWithPostgres } from './postgres.js';

/** A library on a database of its own, as its users have it. */
export interface LibraryWorld<Tx> {
  /** The entry point under test, with `autoCreate`. */
  readonly outbox: OutboxProvider<Tx>;
  /** A transaction as the library's users open it, without the outbox. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** The library's own transaction in a transaction, or its savepoint: undone alone when `work` rejects, which it rethrows. */
  nested(tx: Tx, work: (inner: Tx) => Promise<void>): Promise<void>;
  /** Runs a statement of the application, as the library's users do. */
  run(tx: Tx, sql: string): PromiseLike<unknown>;
  /** The texts of the application's table `notes (text)`, which is there and empty. */
  notes(): Promise<readonly string[]>;
  /** What is no transaction of this library, and what must be said of it. */
  readonly none: readonly (readonly [what: unknown, said: RegExp])[];
  /** Runs `work` in a transaction of another database, which has no tables of ours. */
  foreign(work: (tx: Tx) => Promise<void>): Promise<void>;
  close(): Promise<unknown>;
}

export interface LibrarySetup<Tx> {
  /** For the titles. */
  readonly name: string;
  readonly dialect: 'postgres' | 'sqlite';
  /**
   * What this library honestly cannot do; cases that need it are skipped by name.
   * - `end`: a transaction that the application itself has opened knows that it has ended.
   * - `break`: a connection that breaks in a transaction does not end the process.
   */
  readonly lacks?: readonly ('end' | 'break')[];
  open(): Promise<LibraryWorld<Tx>>;
}

interface Note {
  readonly text: string;
}

const Noted = defineEvent<Note>('noted', { key: () => 'one' });
const Copied = defineEvent<Note>('copied', { key: () => 'one' });
const NO_TRANSACTION = { name: 'OutboxError', code: 'TRAMLINE_NO_TRANSACTION' };

/** Rejects, to undo what was written: nobody else throws it. */
const undo = (): never => {
  throw new Error('undone');
};

/** What every library must do, through its own entry point and with a relay that works through it. */
export function describeLibrary<Tx>(setup: LibrarySetup<Tx>): void {
  const { name, dialect, lacks = [] } = setup;
  const suite = dialect === 'postgres' ? describeWithPostgres : describe;
  suite(`an outbox through ${name} on ${dialect}`, () => {
    let world: LibraryWorld<Tx>;
    let bus: Tramline;
    let outbox: Outbox<Tx>;
    const runs: string[] = [];

    const copy: NonNullable<TramlineOptions['handlers']>[number] = {
      id: 'copy',
      events: [Noted],
      once: true,
      retry: { inPlace: 2, delays: [] },
      async run({ text }: Note, { tx }: EventContext<Tx>) {
        runs.push(text);
        if (!text.startsWith('copy')) return;
        await note(tx, `of ${text}`);
        await outbox.publish(tx, Copied, { text });
        if (runs.filter((one) => one === text).length === 1) undo();
      },
    };

    beforeAll(async () => {
      world = await setup.open();
      bus = new Tramline({
        ...{ service: 'spec', transport: memory(), contracts: [Noted, Copied] },
        ...{ handlers: [copy], outbox: world.outbox },
      });
      outbox = bus.outbox as Outbox<Tx>;
      await bus.start();
    });
    afterAll(async () => {
      await bus?.close();
      await world?.close();
    });

    const note = (tx: Tx, text: string) => world.run(tx, `INSERT INTO notes (text) VALUES ('${text}')`);

    /** Writes a note and an event of it. */
    const both = async (tx: Tx, text: string) => {
      await note(tx, text);
      await outbox.publish(tx, Noted, { text });
    };

    /** What has reached the log by the time that an event published last has: the key is one, and so is the order. */
    async function logged(contract: typeof Noted = Noted): Promise<readonly string[]> {
      const last = randomUUID();
      await outbox.transaction((tx) => outbox.publish(tx, contract, { text: last }));
      let texts: string[] = [];
      await vi.waitUntil(
        async () => {
          texts = [];
          for await (const { event } of bus.eventLog.read(contract)) texts.push(event.text);
          return texts.includes(last);
        },
        { timeout: 30_000, interval: 20 },
      );
      return texts;
    }

    const seen = async (prefix: string) => {
      const ours = (list: readonly string[]) => list.filter((text) => text.startsWith(prefix));
      return { log: ours(await logged()), notes: ours(await world.notes()) };
    };

    it('commits row and event together, in its own transaction and in that of the outbox', async () => {
      await world.transaction((tx) => both(tx, 'commit 1'));
      const answer = await outbox.transaction(async (tx) => {
        await both(tx, 'commit 2');
        return 'answer';
      });
      expect(answer).toBe('answer');
      await world.transaction((tx) => outbox.publishAll(tx, [[Noted, { text: 'commit 3' }]]));
      const { log, notes } = await seen('commit');
      expect(log).toEqual(['commit 1', 'commit 2', 'commit 3']);
      expect(notes).toEqual(['commit 1', 'commit 2']);
    });

    it('rolls back row and event together', async () => {
      const work = async (tx: Tx) => {
        await both(tx, 'rollback');
        undo();
      };
      await expect(world.transaction(work)).rejects.toThrow('undone');
      await expect(outbox.transaction(work)).rejects.toThrow('undone');
      expect(await seen('rollback')).toEqual({ log: [], notes: [] });
    });

    it('publishes where a nested transaction publishes, and undoes what it undoes', async () => {
      await world.transaction(async (tx) => {
        await both(tx, 'nested 1');
        await world.nested(tx, (inner) => both(inner, 'nested 2'));
        const undone = world.nested(tx, async (inner) => {
          await both(inner, 'nested, undone');
          undo();
        });
        await expect(undone).rejects.toThrow('undone');
        await both(tx, 'nested 3');
      });
      const kept = ['nested 1', 'nested 2', 'nested 3'];
      expect(await seen('nested')).toEqual({ log: kept, notes: kept });
    });

    it('undoes what a nested transaction kept when the outer one is rolled back', async () => {
      const outer = world.transaction(async (tx) => {
        await world.nested(tx, (inner) => both(inner, 'outer'));
        undo();
      });
      await expect(outer).rejects.toThrow('undone');
      expect(await seen('outer')).toEqual({ log: [], notes: [] });
    });

    it('serves many at once, with rollbacks among them', async () => {
      const names = Array.from({ length: 24 }, (_, index) => `many ${String(index).padStart(2, '0')}`);
      const fails = (index: number) => index % 4 === 3;
      const results = await Promise.allSettled(
        names.map((text, index) => {
          const work = async (tx: Tx) => {
            await both(tx, text);
            if (fails(index)) undo();
          };
          return index % 2 ? world.transaction(work) : outbox.transaction(work);
        }),
      );
      expect(results.map(({ status }) => status)).toEqual(
        names.map((_, index) => (fails(index) ? 'rejected' : 'fulfilled')),
      );
      const { log, notes } = await seen('many');
      const kept = names.filter((_, index) => !fails(index));
      expect(log.toSorted()).toEqual(kept);
      expect(notes.toSorted()).toEqual(kept);
    });

    it('refuses what is no transaction, and says what to pass', async () => {
      for (const [what, said] of world.none) {
        const refused = outbox.publish(what as Tx, Noted, { text: 'none' });
        await expect(refused).rejects.toMatchObject({
          ...NO_TRANSACTION,
          message: expect.stringMatching(said),
        });
      }
      expect((await seen('none')).log).toEqual([]);
    });

    it('refuses a transaction that has ended, committed or not', async () => {
      const ended: Tx[] = [];
      const end = (fails: boolean) => async (tx: Tx) => {
        ended.push(tx);
        await note(tx, 'ended');
        if (fails) undo();
      };
      type Open = (work: (tx: Tx) => Promise<void>) => Promise<void>;
      const openers: Open[] = [(work) => outbox.transaction(work)];
      if (!lacks.includes('end')) openers.push((work) => world.transaction(work));
      for (const open of openers) {
        await open(end(false));
        await expect(open(end(true))).rejects.toThrow('undone');
      }
      const refused = async () => {
        for (const tx of ended)
          await expect(outbox.publish(tx, Noted, { text: 'ended' })).rejects.toMatchObject(NO_TRANSACTION);
      };
      await refused();
      // Also while the connection that it had runs another one.
      await world.transaction(async (tx) => {
        await note(tx, 'ended');
        await refused();
      });
      expect((await seen('ended')).log).toEqual([]);
    });

    it('refuses a transaction of another database', async () => {
      let refused: unknown;
      const foreign = world.foreign(async (tx) => {
        refused = await outbox.publish(tx, Noted, { text: 'foreign' }).catch((error: unknown) => error);
      });
      // Some libraries let no transaction commit in which a statement has failed.
      await foreign.catch(() => undefined);
      expect(refused).toMatchObject({ ...NO_TRANSACTION, message: expect.stringMatching(/another/) });
      expect((await seen('foreign')).log).toEqual([]);
    });

    // On SQLite a statement that fails aborts nothing.
    it.skipIf(dialect === 'sqlite')(
      'refuses a transaction that an error has aborted, and commits nothing of it',
      async () => {
        const aborted = world.transaction(async (tx) => {
          await Promise.resolve(world.run(tx, 'SELECT nothing')).catch(() => undefined);
          await outbox.publish(tx, Noted, { text: 'aborted' });
        });
        await expect(aborted).rejects.toMatchObject({
          ...NO_TRANSACTION,
          message: expect.stringMatching(/an earlier statement of the transaction failed/),
        });
        const swallowed = outbox.transaction(async (tx) => {
          await both(tx, 'aborted');
          await Promise.resolve(world.run(tx, 'SELECT nothing')).catch(() => undefined);
        });
        await expect(swallowed).rejects.toMatchObject({ code: 'TRAMLINE_TRANSACTION_ENDED' });
        expect(await seen('aborted')).toEqual({ log: [], notes: [] });
      },
    );

    it.skipIf(dialect === 'sqlite' || lacks.includes('break'))(
      'outlives a connection that breaks in a transaction',
      async () => {
        const broken = outbox.transaction(async (tx) => {
          await both(tx, 'broken');
          await world.run(tx, 'SELECT pg_terminate_backend(pg_backend_pid())');
        });
        await expect(broken).rejects.toThrow();
        expect(await seen('broken')).toEqual({ log: [], notes: [] });
      },
    );

    it('gives a handler its transaction: what it writes and publishes happens once', async () => {
      await world.transaction((tx) => both(tx, 'copy this'));
      await vi.waitUntil(() => runs.filter((text) => text === 'copy this').length === 2, { timeout: 30_000 });
      await vi.waitUntil(async () => (await world.notes()).includes('of copy this'), { timeout: 30_000 });
      await outbox.transaction((tx) => outbox.publish(tx, Noted, { text: 'after' }));
      await vi.waitUntil(() => runs.includes('after'), { timeout: 30_000 });
      expect((await logged(Copied)).filter((text) => text.startsWith('copy'))).toEqual(['copy this']);
      expect((await world.notes()).filter((text) => text === 'of copy this')).toHaveLength(1);
    });
  });
}
