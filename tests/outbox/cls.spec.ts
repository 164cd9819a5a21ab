import {
  ClsPluginTransactional,
  Propagation,
  Transactional,
  TransactionHost,
} from '@nestjs-cls/transactional';
import { TransactionalAdapterTypeOrm } from '@nestjs-cls/transactional-adapter-typeorm';
import { Inject, Injectable, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { defineEvent, EventContract, Outbox, Tramline } from '@tramline/core';
import { ClsOutbox } from '@tramline/outbox/cls';
import { typeorm } from '@tramline/outbox/typeorm';
import { memory } from '@tramline/testing';
import { ClsModule } from 'nestjs-cls';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithPostgres, freshDatabase } from '../postgres/support/database.ts';

const Noted = defineEvent<{ text: string }>('noted', { key: () => 'one' });

@EventContract('written', { key: null })
class Written {
  readonly text: string = 'an instance';
}

type Host = TransactionHost<TransactionalAdapterTypeOrm>;

/** Writes without passing a transaction on, as services do that use nestjs-cls. */
@Injectable()
class Notes {
  constructor(
    @Inject(TransactionHost) private readonly host: Host,
    @Inject(ClsOutbox) private readonly outbox: ClsOutbox,
  ) {}

  @Transactional()
  async add(text: string, fails = false): Promise<void> {
    await this.write(text);
    if (fails) throw new Error('undone');
  }

  @Transactional()
  async addAll(texts: readonly string[]): Promise<void> {
    await Promise.all(texts.map((text) => this.write(text)));
    await this.addNested('nested', true).catch(() => undefined);
    await this.outbox.publishAll([[Noted, { text: 'listed' }]]);
    await this.outbox.publish(new Written());
  }

  @Transactional(Propagation.Nested)
  async addNested(text: string, fails: boolean): Promise<void> {
    await this.add(text, fails);
  }

  @Transactional()
  async leave(text: string): Promise<void> {
    await this.host.withoutTransaction(() => this.write(text));
  }

  async write(text: string): Promise<void> {
    await this.host.tx.query('INSERT INTO notes VALUES ($1)', [text]);
    await this.outbox.publish(Noted, { text });
  }
}

describeWithPostgres('the outbox in the current transaction of nestjs-cls', () => {
  let db: DataSource;
  let bus: Tramline;
  let app: TestingModule;
  let notes: Notes;

  beforeAll(async () => {
    db = await new DataSource({ type: 'postgres', url: await freshDatabase() }).initialize();
    await db.query('CREATE TABLE notes (text text)');
    bus = new Tramline({
      ...{ service: 'spec', transport: memory(), contracts: [Noted, Written] },
      outbox: typeorm(db, { autoCreate: true, relay: false }),
    });
    await bus.start();
    @Module({
      providers: [
        { provide: DataSource, useValue: db },
        { provide: Outbox, useValue: bus.outbox },
      ],
      exports: [DataSource, Outbox],
    })
    class Database {}
    const adapter = new TransactionalAdapterTypeOrm({ dataSourceToken: DataSource });
    app = await Test.createTestingModule({
      imports: [
        Database,
        ClsModule.forRoot({ plugins: [new ClsPluginTransactional({ imports: [Database], adapter })] }),
      ],
      providers: [
        Notes,
        {
          provide: ClsOutbox,
          inject: [Outbox, TransactionHost],
          useFactory: (outbox: Outbox, host: TransactionHost) => new ClsOutbox(outbox, host),
        },
      ],
    }).compile();
    await app.init();
    notes = app.get(Notes);
  });
  afterAll(async () => {
    await app?.close();
    await bus?.close();
    await db?.destroy();
  });

  /** What was committed since the last look. */
  async function committed() {
    const texts = await db.query<{ text: string }[]>('SELECT text FROM notes ORDER BY text');
    const events = await db.query<{ payload: Buffer }[]>('SELECT payload FROM tramline_outbox ORDER BY id');
    await db.query('TRUNCATE notes, tramline_outbox');
    return {
      notes: texts.map(({ text }) => text),
      events: events.map(({ payload }) => (JSON.parse(payload.toString()) as { text: string }).text),
    };
  }

  it('publishes with what @Transactional() commits, and not with what it rolls back', async () => {
    await notes.add('kept');
    await expect(notes.add('gone', true)).rejects.toThrow('undone');
    expect(await committed()).toEqual({ notes: ['kept'], events: ['kept'] });
  });

  it('has the forms of the outbox, and undoes what a nested transaction undoes', async () => {
    await notes.addAll(['a', 'b']);
    const { notes: texts, events } = await committed();
    expect(texts).toEqual(['a', 'b']);
    expect(events.toSorted()).toEqual(['a', 'an instance', 'b', 'listed']);
  });

  it('keeps transactions apart that run at once', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `many ${String(index).padStart(2, '0')}`);
    await Promise.allSettled(names.map((text, index) => notes.add(text, index % 3 === 0)));
    const kept = names.filter((_, index) => index % 3 !== 0);
    const { notes: texts, events } = await committed();
    expect(texts).toEqual(kept);
    expect(events.toSorted()).toEqual(kept);
  });

  it('refuses outside of a transaction, and where one was left', async () => {
    for (const outside of [() => notes.write('outside'), () => notes.leave('outside')])
      await expect(outside()).rejects.toMatchObject({
        code: 'TRAMLINE_NO_TRANSACTION',
        message: expect.stringMatching(/Put @Transactional\(\) on the method that publishes/),
      });
    expect((await committed()).events).toEqual([]);
  });
});
