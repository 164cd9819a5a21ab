import { Test, type TestingModule } from '@nestjs/testing';
import { Outbox } from '@tramline/nest';
import { TestBus } from '@tramline/testing/nest';
import { DatabaseSync } from 'node:sqlite';
import { rmSync } from 'node:fs';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { directory, LedgerModule, PointsAwarded, UserRegistered } from '../../docs/snippets/ledger.ts';

afterAll(() => rmSync(directory, { recursive: true }));

async function initialised(builder: ReturnType<typeof Test.createTestingModule>): Promise<TestingModule> {
  const app = await builder.compile();
  await app.init();
  onTestFinished(() => app.close());
  return app;
}

it('awards once, in the transaction of the test', async () => {
  // #region once
  const db = new DatabaseSync(':memory:');
  db.exec('CREATE TABLE ledger (user_id TEXT, points INTEGER)');
  const builder = Test.createTestingModule({ imports: [LedgerModule] });
  const bus = TestBus.attach(builder, { tx: () => db }); // what your handlers get as context.tx
  // #endregion
  await initialised(builder);
  // #region duplicate
  bus.duplicate(UserRegistered); // comes twice …
  await bus.publish(UserRegistered, { userId: 'u1' });
  await bus.idle();

  expect(db.prepare('SELECT user_id, points FROM ledger').all()).toHaveLength(1); // … and counts once
  expect(bus.published(PointsAwarded)).toHaveLength(1);
  // #endregion
});

it('sees what a transaction published, and nothing of one that failed', async () => {
  const builder = Test.createTestingModule({ imports: [LedgerModule] });
  const bus = TestBus.attach(builder);
  const app = await initialised(builder);
  const outbox = app.get(Outbox);
  // #region transaction
  const refused = bus.transaction(async (tx) => {
    await outbox.publish(tx, UserRegistered, { userId: 'u2' });
    throw new Error('the address is taken');
  });
  await expect(refused).rejects.toThrow('taken');
  await bus.idle();

  expect(bus.published(UserRegistered)).toEqual([]);
  // #endregion
});
